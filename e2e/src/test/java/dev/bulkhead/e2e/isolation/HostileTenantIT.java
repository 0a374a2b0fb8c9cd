package dev.bulkhead.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tenant that means harm, in everybody it can act as. Each attempt is refused for its own reason. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileTenantIT {
    @TempDir
    private static Path directory;

    private Neighbours neighbours;
    private KeyAttacks keys;
    private LoginAttacks logins;

    @BeforeAll
    void start(KubernetesClient admin, StackEndpoints endpoints) throws SQLException {
        neighbours = Neighbours.start(admin, endpoints, directory);
        new ApiRequests(admin)
                .client()
                .resource(ApiRequests.role(
                        Neighbours.HOME, "hostile-reader", "apiGroups: [\"\"], resources: [pods], verbs: [get]"))
                .serverSideApply();
        logins = new LoginAttacks(neighbours);
        logins.prepare();
        keys = new KeyAttacks(neighbours);
        keys.prepare();
    }

    @AfterAll
    void stop() {
        keys.close();
        neighbours.close();
    }

    Stream<HostileAttempt> byTheAdminAbroad() {
        return new AdminAbroad(neighbours).all();
    }

    Stream<HostileAttempt> byTheAdminAtHome() {
        return new AdminAtHome(neighbours).all();
    }

    Stream<HostileAttempt> byPodsOfTheAdmin() {
        return new PodAttacks(neighbours).all();
    }

    Stream<HostileAttempt> byAUser() {
        return new OtherActors(neighbours).byUser();
    }

    Stream<HostileAttempt> byAProgram() {
        return new OtherActors(neighbours).byProgram();
    }

    Stream<HostileAttempt> byTheDatabaseLogin() {
        return logins.all();
    }

    Stream<HostileAttempt> byTheKeyOfTheBucket() {
        return keys.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byTheAdminAbroad")
    void tenant_admin_beyond_their_rights(HostileAttempt attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byTheAdminAtHome")
    void tenant_admin_opening_the_compartment_from_inside(HostileAttempt attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byPodsOfTheAdmin")
    void tenant_admin_starting_a_pod_that(HostileAttempt attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byAUser")
    void tenant_user(HostileAttempt attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byAProgram")
    void service_account_of_the_tenant(HostileAttempt attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byTheDatabaseLogin")
    void database_login(HostileAttempt attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byTheKeyOfTheBucket")
    void key_of_the_bucket(HostileAttempt attack) {
        refused(attack);
    }

    private static void refused(HostileAttempt attack) {
        assertThat(HostileAttempt.answer(attack.control()))
                .as("the same where it is allowed")
                .isEqualTo(HostileAttempt.WORKED);
        assertThat(HostileAttempt.answer(attack.attempt())).contains(attack.refusal());
    }
}
