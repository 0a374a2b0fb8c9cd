package dev.bulkhead.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.calls.ExternalCalls;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Status never says more than somebody finds who knows nothing of the operator. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StrangerIT {
    private static final Map<String, Set<String>> PEOPLE = Map.of(
            Sabotaged.OPEN,
            Set.of("inhaberin@waschhaus.example", "aushilfe@waschhaus.example"),
            Sabotaged.WEAK,
            Set.of("leitung@klinik-nord.example", "empfang@klinik-nord.example", "revision@pruefstelle.example"));

    @TempDir
    private static Path directory;

    private Sabotaged site;

    @BeforeAll
    void start(KubernetesClient admin, StackEndpoints endpoints) {
        site = Sabotaged.start(admin, endpoints, directory);
    }

    @AfterAll
    void stop() {
        site.close();
    }

    @Test
    @Order(1)
    void where_nobody_interfered_a_stranger_finds_nothing_open_and_status_says_no_more()
            throws SQLException, InterruptedException, JsonProcessingException {
        round();
        for (String tenant : PEOPLE.keySet()) {
            Map<String, List<String>> faults = faults(tenant);

            assertThat(faults.values()).as(tenant + " " + faults).allMatch(List::isEmpty);
            saysNoMore(site.awaitStatus(tenant), faults);
        }
    }

    @Test
    @Order(2)
    void where_everything_was_opened_status_is_no_better_than_what_a_stranger_sees()
            throws SQLException, InterruptedException, JsonProcessingException {
        site.openEverything("stranger@elsewhere.example");
        Map<String, List<String>> faults = faults(Sabotaged.OPEN);
        assertThat(faults.keySet()).containsExactly("TI-DB", "TI-NET", "TI-NS", "TI-OBJ", "TI-RBAC");
        for (String seen : List.of("TI-DB", "TI-NET", "TI-OBJ", "TI-RBAC")) {
            assertThat(faults.get(seen)).as(seen).isNotEmpty();
        }

        round();

        Tenant after = site.awaitStatus(Sabotaged.OPEN);
        for (String seen : List.of("TI-DB", "TI-NET", "TI-OBJ", "TI-RBAC")) {
            assertThat(Sabotaged.control(after, seen).proof()).as(seen).isNotEqualTo(Proof.Proven);
        }
    }

    private void round() throws InterruptedException {
        site.round(Duration.ofHours(3), Duration.ZERO, ExternalCalls.unobserved());
    }

    private Map<String, List<String>> faults(String tenant) throws SQLException, JsonProcessingException {
        StrangersView view =
                new StrangersView(site.admin(), site.endpoints(), tenant, PEOPLE.getOrDefault(tenant, Set.of()));
        Map<String, List<String>> faults = new TreeMap<>();
        faults.put("TI-NS", view.namespaceFaults());
        faults.put("TI-NET", view.networkFaults());
        faults.put("TI-RBAC", view.bindingFaults());
        faults.put("TI-DB", view.databaseFaults(site.database(tenant)));
        faults.put("TI-OBJ", view.bucketFaults(site.objectStore(tenant)));
        return faults;
    }

    /** What is proven or enforced, the stranger must find closed; proven is nothing that was never probed. */
    private static void saysNoMore(Tenant tenant, Map<String, List<String>> faults) {
        for (ControlStatus control : tenant.getStatus().controls()) {
            if (control.enforcement() == Enforcement.Enforced || control.proof() == Proof.Proven) {
                assertThat(faults.getOrDefault(control.id(), List.of()))
                        .as(control.id())
                        .isEmpty();
            }
            if (control.proof() == Proof.Proven) {
                assertThat(control.observedAt()).as(control.id()).isNotNull();
                assertThat(control.validUntil()).as(control.id()).isNotNull();
            }
        }
    }
}
