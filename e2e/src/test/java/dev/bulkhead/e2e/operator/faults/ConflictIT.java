package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Something of the tenant's name is there already and is not the tenant's: it stays exactly as it was, the tenant says
 * what is in the way, and goes on by itself once that is gone.
 */
@ExtendWith(StackExtension.class)
class ConflictIT {
    @TempDir
    private static Path directory;

    private static Site site;
    private Map<String, String> bystander;

    @BeforeAll
    static void open(KubernetesClient admin, StackEndpoints endpoints) {
        site = Site.open(admin, endpoints, directory, "beside-conflicts");
    }

    @AfterAll
    static void close() {
        for (String profile : List.of("taken-schema", "taken-role", "taken-bucket")) {
            site.platform()
                    .admin()
                    .resources(TenantProfile.class)
                    .withName(profile)
                    .delete();
        }
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

    @Test
    void a_foreign_namespace() {
        SmallTenant tenant = SmallTenant.named("taken-namespace").onServer(Site.SOLID);
        Namespace foreign = site.platform()
                .admin()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(tenant.namespace())
                        .addToLabels("somebody", "else")
                        .endMetadata()
                        .build())
                .create();

        Tenant applied = site.apply(tenant);

        conflict(tenant, "Namespace " + tenant.namespace());
        assertThat(namespace(tenant)).isEqualTo(foreign);
        assertThat(site.compartment().database().of(applied)).isEmpty();
        assertThat(site.compartment().store().of(applied)).isEmpty();

        site.platform().admin().resource(foreign).delete();
        site.platform().awaitReady(tenant.name());
    }

    private static Namespace namespace(SmallTenant tenant) {
        return site.platform().admin().namespaces().withName(tenant.namespace()).require();
    }

    @Test
    void a_foreign_schema() {
        SmallTenant tenant = waiting("taken-schema");
        TenantIdentity identity = identity(tenant);
        site.compartment().database().run("CREATE SCHEMA " + identity.schema());
        Map<String, String> before =
                site.compartment().database().of(site.platform().tenant(tenant.name()));

        goOn(tenant);

        conflict(tenant, identity.schema());
        assertThat(site.compartment().database().of(site.platform().tenant(tenant.name())))
                .isEqualTo(before);
        assertThat(site.compartment().of(tenant.name())).doesNotContainKey("Secret <tenant>--web/bulkhead-database");

        site.compartment().database().run("DROP SCHEMA " + identity.schema());
        site.platform().awaitReady(tenant.name());
    }

    @Test
    void a_foreign_role() {
        SmallTenant tenant = waiting("taken-role");
        TenantIdentity identity = identity(tenant);
        site.compartment().database().run("CREATE ROLE " + identity.schema() + "_app LOGIN CREATEDB");
        Map<String, String> before =
                site.compartment().database().of(site.platform().tenant(tenant.name()));

        goOn(tenant);

        conflict(tenant, identity.schema() + "_app");
        assertThat(site.compartment().database().of(site.platform().tenant(tenant.name())))
                .isEqualTo(before);

        site.compartment().database().run("DROP ROLE " + identity.schema() + "_app");
        site.platform().awaitReady(tenant.name());
    }

    @Test
    void a_foreign_bucket() {
        SmallTenant tenant = waiting("taken-bucket");
        String bucket = identity(tenant).bucket();
        S3Client root = site.compartment().store().root();
        root.createBucket(r -> r.bucket(bucket)); // an empty one would be taken for a creation that was cut off
        root.putObject(r -> r.bucket(bucket).key("somebody-elses"), RequestBody.fromString("data"));
        Map<String, String> before = site.compartment().store().settings(bucket);

        goOn(tenant);

        conflict(tenant, bucket);
        assertThat(site.compartment().store().settings(bucket)).isEqualTo(before);
        assertThat(site.compartment().of(tenant.name())).doesNotContainKey("Secret <tenant>--web/bulkhead-objectstore");

        root.deleteObject(r -> r.bucket(bucket).key("somebody-elses"));
        root.deleteBucket(r -> r.bucket(bucket));
        site.platform().awaitReady(tenant.name());
    }

    private static void conflict(SmallTenant tenant, String object) {
        assertThat(site.await(tenant, "Ready", Status.False, Reason.Conflict)).contains(object);
        assertThat(site.await(tenant, "Stalled", Status.True, Reason.Conflict)).contains(object);
        assertThat(site.platform().tenant(tenant.name()).getStatus().phase()).isEqualTo(TenantPhase.Conflict);
    }

    /** Names of schemas and buckets are known when the Tenant is; this one waits until somebody has taken them. */
    private static SmallTenant waiting(String name) {
        SmallTenant tenant =
                SmallTenant.named(name).withProfile(name).onServer(Site.SOLID).onStore(Site.SOLID);
        site.apply(tenant);
        site.await(tenant, "Stalled", Status.True, Reason.UnknownProfile);
        return tenant;
    }

    private static TenantIdentity identity(SmallTenant tenant) {
        return TenantIdentity.of(site.platform().tenant(tenant.name()));
    }

    /** Makes the profile that it waits for. */
    private static void goOn(SmallTenant tenant) {
        TenantProfile portal = site.platform()
                .admin()
                .resources(TenantProfile.class)
                .withName("portal")
                .require();
        TenantProfile profile = new TenantProfile();
        profile.setMetadata(new ObjectMetaBuilder().withName(tenant.name()).build());
        profile.setSpec(portal.getSpec());
        site.platform().admin().resource(profile).create();
    }
}
