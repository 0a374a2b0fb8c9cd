package dev.bulkhead.operator.probe.connection;

import dev.bulkhead.operator.fixture.Golden;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.probe.connection.ProbePodPlanner.PodRole;
import dev.bulkhead.operator.probe.connection.ProbePodPlanner.Size;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbePodPlannerTest {
    private static final TenantNamespace NAMESPACE = new TenantNamespace("acme", "web");
    private static final ProbeImage IMAGE = new ProbeImage("registry.example/bulkhead-operator:1", "IfNotPresent");

    @Test
    void the_pods_and_the_service_are_what_was_reviewed() {
        Golden golden = Golden.of("connection");

        golden.check(
                "listener",
                List.of(ProbePodPlanner.pod(
                        NAMESPACE, PodRole.listener, IMAGE, Size.Ample, List.of("listen", "word"))));
        golden.check(
                "attacker",
                List.of(ProbePodPlanner.pod(
                        NAMESPACE,
                        PodRole.attacker,
                        IMAGE,
                        Size.Tiny,
                        List.of(
                                "attack",
                                "word",
                                "2500",
                                "1",
                                "tcp/192.0.2.1/8080/word",
                                "tcp/192.0.2.2/443/connection"))));
        golden.check("service", List.of(ProbePodPlanner.service(NAMESPACE)));
        golden.checkNoneIsUnused(List.of("listener", "attacker", "service"));
    }
}
