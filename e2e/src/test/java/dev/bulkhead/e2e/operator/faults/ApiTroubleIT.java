package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.e2e.operator.faults.ApiProxy.Fate;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API server refuses, stumbles, or does what it is asked and does not say so. */
@ExtendWith(StackExtension.class)
class ApiTroubleIT {
    @TempDir
    private static Path directory;

    private static Site site;
    private static Map<String, String> undisturbed;
    private Map<String, String> bystander;

    @BeforeAll
    static void open(KubernetesClient admin, StackEndpoints endpoints) {
        site = Site.open(admin, endpoints, directory, "beside-api");
        undisturbed = site.compartment().of("beside-api");
    }

    @AfterAll
    static void close() {
        site.close();
    }

    @BeforeEach
    void look() {
        bystander = site.bystanderNow();
    }

    @AfterEach
    void the_tenant_beside_was_not_touched() {
        assertThat(Differences.between(bystander, site.bystanderNow())).isEmpty();
    }

    /** As long as it lasts, the tenant says so; nobody gets in before the walls stand; then it goes on by itself. */
    @ParameterizedTest
    @CsvSource({
        "409, Conflict, KubernetesRefused",
        "403, Forbidden, KubernetesRefused",
        "422, Invalid, KubernetesRefused",
        "429, TooManyRequests, KubernetesUnavailable",
        "500, InternalError, KubernetesUnavailable",
        "503, ServiceUnavailable, KubernetesUnavailable",
    })
    void while_the_walls_of_a_namespace_are_refused_it_stays_empty(int code, String answer, Reason reason) {
        SmallTenant tenant = tenant("api-" + code);
        site.api()
                .decide(r -> r.isWrite() && r.path().contains(tenant.namespace() + "/networkpolicies")
                        ? new Fate.Refused(code, answer)
                        : new Fate.Passed());

        site.apply(tenant);

        assertThat(site.await(tenant, "Ready", Status.False, reason))
                .contains("NetworkPolicy " + tenant.namespace() + "/bulkhead-default-deny");
        assertThat(site.compartment().of(tenant.name()).keySet())
                .noneMatch(o -> o.startsWith("Deployment") || o.startsWith("Secret <tenant>--web"))
                .noneMatch(o -> o.startsWith("RoleBinding") && !o.endsWith("/bulkhead-operator"));

        site.api().mend();
        site.platform().awaitReady(tenant.name());
        assertThat(Differences.between(undisturbed, site.compartment().of(tenant.name())))
                .isEmpty();
    }

    @Test
    void writes_whose_answers_are_lost_are_found_done() {
        SmallTenant tenant = tenant("api-unanswered");
        Set<String> lost = ConcurrentHashMap.newKeySet();
        site.api()
                .decide(r -> r.isWrite() && r.concerns(tenant.name()) && lost.add(r.method() + r.path())
                        ? new Fate.Unanswered()
                        : new Fate.Passed());

        site.apply(tenant);

        site.platform().awaitReady(tenant.name());
        site.api().mend();
        assertThat(lost).hasSizeGreaterThan(8);
        assertThat(Differences.between(undisturbed, site.compartment().of(tenant.name())))
                .isEmpty();
    }

    @Test
    void a_server_that_refuses_every_second_write_only_costs_time() {
        SmallTenant tenant = tenant("api-half");
        Map<String, Integer> times = new ConcurrentHashMap<>();
        site.api()
                .decide(r -> r.isWrite()
                                && r.concerns(tenant.name())
                                && times.merge(r.method() + r.path(), 1, Integer::sum) % 2 == 1
                        ? new Fate.Refused(500, "InternalError")
                        : new Fate.Passed());

        site.apply(tenant);

        site.platform().awaitReady(tenant.name());
        site.api().mend();
        assertThat(Differences.between(undisturbed, site.compartment().of(tenant.name())))
                .isEmpty();
    }

    private static SmallTenant tenant(String name) {
        return SmallTenant.named(name).onServer(Site.SOLID).onStore(Site.SOLID);
    }
}
