package dev.bulkhead.e2e.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.evidence.ReportPlanner;
import dev.bulkhead.operator.guard.GuardManifests;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.probe.FormerReports;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** With the rights that the chart gives to the prober: the report of a tenant goes when the Tenant is gone, and not before. */
@ExtendWith(StackExtension.class)
class FormerReportsIT {
    private static final String TENANT = """
            apiVersion: bulkhead.dev/v1beta1
            kind: Tenant
            metadata: { name: reported }
            spec:
              profile: bulkhead-canary
              displayName: Reported
              people: { users: [{ user: canary@bulkhead.invalid }] }
              namespaces: [{ name: app }]
              quota: { cpu: "1", memory: 1Gi, storage: 10Gi, pods: 5 }
            """;

    @Test
    void a_report_goes_with_its_tenant(KubernetesClient admin, StackEndpoints endpoints, @TempDir Path directory) {
        Platform platform = Platform.install(admin, endpoints, directory);
        try (Platform.RunningOperator _ = platform.operator(new Faults());
                ProbeSite site = ProbeSite.on(platform)) {
            FormerReports former = new FormerReports(site.prober());
            admin.resource(GuardManifests.profile()).serverSideApply();
            platform.applyAnew(TENANT);
            Tenant tenant = platform.awaitReady("reported");
            TenantIdentity identity = TenantIdentity.of(tenant);
            Instant now = Instant.now();
            Resource<Report> report = site.prober()
                    .resource(ReportPlanner.plan(
                            new ReportPlanner.About("reported", identity, "reported--app"),
                            List.of(),
                            List.of(),
                            List.of(),
                            now));
            report.create();

            former.clear(platform.admin().resources(Tenant.class).list().getItems(), now);
            assertThat(report.get()).isNotNull();

            platform.remove("reported");
            former.clear(platform.admin().resources(Tenant.class).list().getItems(), now.plus(Duration.ofMinutes(2)));

            assertThat(admin.resource(report.item()).get()).isNull();
            assertThat(admin.resources(Tombstone.class)
                            .withName(identity.value())
                            .get())
                    .isNotNull();
            assertThat(admin.namespaces().withName("reported--app").get()).isNotNull();
        }
        admin.namespaces().withName("reported--app").delete();
    }
}
