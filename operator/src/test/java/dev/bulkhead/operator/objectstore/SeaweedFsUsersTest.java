package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import seaweedfs.grpc.FilerMessages.Credential;
import seaweedfs.grpc.FilerMessages.Group;
import seaweedfs.grpc.FilerMessages.Identity;
import seaweedfs.grpc.FilerMessages.S3ApiConfiguration;
import seaweedfs.grpc.FilerMessages.ServiceAccount;

/** A user that could do more than bucket policies say, or whose key is somebody else's too, is never ordinary. */
class SeaweedFsUsersTest {
    private static final String NAME = "bh-tenant-1";
    private static final String SECRET = "secret-of-the-tenant-0123456789";
    private static final byte[] NO_FILE = {};

    @Test
    void a_user_with_its_key_and_nothing_else_is_ordinary() {
        SeaweedFsUsers users = SeaweedFsUsers.of(with(user()), NO_FILE);

        assertThat(users.keys()).isEqualTo(Map.of(NAME, new ObservedKey(true, SecretDigest.of(SECRET))));
        assertThat(users.beside(NAME)).isEqualTo(SeaweedFsUsers.Beside.NOTHING);
    }

    static Stream<Named<UnaryOperator<Identity.Builder>>> widened() {
        return Stream.of(
                Named.of("an action", user -> user.addActions("Read:bh-neighbour")),
                Named.of("an attached policy", user -> user.addPolicyNames("everything")),
                Named.of("a service account", user -> user.addServiceAccountIds("sa:bh-tenant-1:1")),
                Named.of(
                        "a second key",
                        user -> user.addCredentials(credential("another", "another-secret-0123456789"))),
                Named.of("no key", Identity.Builder::clearCredentials),
                Named.of(
                        "a key of another name",
                        user -> user.clearCredentials().addCredentials(credential("another", SECRET))),
                Named.of(
                        "a key that is switched off",
                        user -> user.clearCredentials()
                                .addCredentials(
                                        credential(NAME, SECRET).toBuilder().setStatus("Inactive"))),
                Named.of("switched off", user -> user.setDisabled(true)));
    }

    @ParameterizedTest
    @MethodSource("widened")
    void any_other_is_not(UnaryOperator<Identity.Builder> change) {
        assertThat(SeaweedFsUsers.of(with(change.apply(user())), NO_FILE).keys().get(NAME))
                .extracting(ObservedKey::ordinary)
                .isEqualTo(false);
    }

    @Test
    void what_is_kept_beside_a_user_is_found_and_is_not_ordinary() {
        S3ApiConfiguration configuration = with(user()).toBuilder()
                .addGroups(Group.newBuilder().setName("readers").addMembers(NAME))
                .addGroups(Group.newBuilder().setName("others").addMembers("somebody"))
                .addServiceAccounts(ServiceAccount.newBuilder().setId("sa:1").setParentUser(NAME))
                .addServiceAccounts(ServiceAccount.newBuilder()
                        .setId("sa:2")
                        .setParentUser("somebody")
                        .setCredential(credential(NAME, "stolen-name-0123456789")))
                .addIdentities(Identity.newBuilder()
                        .setName("somebody")
                        .addCredentials(credential(NAME, "stolen-name-0123456789")))
                .build();

        SeaweedFsUsers users = SeaweedFsUsers.of(
                configuration,
                "{\"policies\":{},\"inlinePolicies\":{\"bh-tenant-1\":{\"wide\":{\"Statement\":[]}},\"empty\":{}}}"
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(users.beside(NAME))
                .isEqualTo(new SeaweedFsUsers.Beside(
                        Set.of("wide"), Set.of("readers"), Set.of("sa:1", "sa:2"), Set.of("somebody")));
        assertThat(users.keys().get(NAME)).isEqualTo(new ObservedKey(false, SecretDigest.of(SECRET)));
        assertThat(users.keys()).doesNotContainKey("empty");
    }

    @Test
    void what_outlived_its_user_is_found_by_the_name() {
        SeaweedFsUsers users = SeaweedFsUsers.of(
                S3ApiConfiguration.getDefaultInstance(),
                "{\"inlinePolicies\":{\"bh-tenant-1\":{\"wide\":{}}}}".getBytes(StandardCharsets.UTF_8));

        assertThat(users.keys()).isEqualTo(Map.of(NAME, new ObservedKey(false, null)));
    }

    @Test
    void who_stands_in_the_servers_own_file_is_nobody_that_the_operator_may_touch() {
        S3ApiConfiguration configuration =
                with(user().setName("root").setIsStatic(true).addActions("Admin")).toBuilder()
                        .addGroups(Group.newBuilder().setName("admins").addMembers("root"))
                        .build();

        assertThat(SeaweedFsUsers.of(configuration, NO_FILE).keys()).doesNotContainKey("root");
    }

    @Test
    void a_file_that_cannot_be_read_is_not_taken_for_none() {
        assertThatThrownBy(() -> SeaweedFsUsers.of(
                        S3ApiConfiguration.getDefaultInstance(), "{\"inline".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("cannot be read");
    }

    private static Identity.Builder user() {
        return Identity.newBuilder().setName(NAME).addCredentials(credential(NAME, SECRET));
    }

    private static Credential credential(String accessKeyId, String secret) {
        return Credential.newBuilder()
                .setAccessKey(accessKeyId)
                .setSecretKey(secret)
                .setStatus("Active")
                .build();
    }

    private static S3ApiConfiguration with(Identity.Builder user) {
        return S3ApiConfiguration.newBuilder().addIdentities(user).build();
    }
}
