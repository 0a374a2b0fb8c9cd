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
        new Requests(admin)
                .client()
                .resource(Requests.role(
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

    Stream<Attack> byTheAdminAbroad() {
        return new AdminAbroad(neighbours).all();
    }

    Stream<Attack> byTheAdminAtHome() {
        return new AdminAtHome(neighbours).all();
    }

    Stream<Attack> byPodsOfTheAdmin() {
        return new PodAttacks(neighbours).all();
    }

    Stream<Attack> byAUser() {
        return new OtherActors(neighbours).byUser();
    }

    Stream<Attack> byAProgram() {
        return new OtherActors(neighbours).byProgram();
    }

    Stream<Attack> byTheDatabaseLogin() {
        return logins.all();
    }

    Stream<Attack> byTheKeyOfTheBucket() {
        return keys.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byTheAdminAbroad")
    void tenant_admin_beyond_their_rights(Attack attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byTheAdminAtHome")
    void tenant_admin_opening_the_compartment_from_inside(Attack attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byPodsOfTheAdmin")
    void tenant_admin_starting_a_pod_that(Attack attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byAUser")
    void tenant_user(Attack attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byAProgram")
    void service_account_of_the_tenant(Attack attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byTheDatabaseLogin")
    void database_login(Attack attack) {
        refused(attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byTheKeyOfTheBucket")
    void key_of_the_bucket(Attack attack) {
        refused(attack);
    }

    private static void refused(Attack attack) {
        assertThat(Attack.answer(attack.control()))
                .as("the same where it is allowed")
                .isEqualTo(Attack.WORKED);
        assertThat(Attack.answer(attack.attempt())).contains(attack.refusal());
    }
}
