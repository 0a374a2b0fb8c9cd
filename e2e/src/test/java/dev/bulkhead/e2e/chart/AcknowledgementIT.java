package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever acknowledges an Incident, which ends a breach, signs with its own name and a real time (guard 9). */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AcknowledgementIT {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final String PROBER = "system:serviceaccount:" + RenderedChart.NAMESPACE + ":bulkhead-prober";
    private static final String PERSON = "dora@platform.example";
    private static final String RIGHTS = "acknowledging-dora";
    private final Instant foundAt = Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);

    private KubernetesClient admin;
    private KubernetesClient prober;
    private KubernetesClient person;

    @BeforeAll
    void install(KubernetesClient client) {
        admin = client;
        InstalledChart.on(admin);
        // The role of platform admins has one binding only, so not that one.
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(RIGHTS)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                        .addNewSubject("rbac.authorization.k8s.io", "User", PERSON, null)
                        .build())
                .serverSideApply();
        prober = InstalledChart.actingAs(admin, PROBER);
        person = InstalledChart.actingAs(admin, PERSON);
        GenericKubernetesResource asked = found();
        await().atMost(InstalledChart.PATIENCE)
                .until(() -> ApiRefusal.of(() -> acknowledge(person, asked, "nobody", Instant.now()))
                        .filter(ApiRefusal::byGuard)
                        .isPresent());
    }

    @AfterAll
    void cleanUp() {
        prober.close();
        person.close();
        admin.genericKubernetesResources("bulkhead.dev/v1beta1", "Incident").list().getItems().stream()
                .filter(incident -> incident.getMetadata().getName().startsWith("acknowledged-"))
                .forEach(incident -> admin.resource(incident).delete());
        admin.rbac().clusterRoleBindings().withName(RIGHTS).delete();
    }

    @Test
    void an_acknowledgement_is_signed_by_its_sender() {
        GenericKubernetesResource found = found();

        refused(() -> acknowledge(person, found, "boss@platform.example", Instant.now()))
                .contains("bulkhead-acknowledgements", "spec.acknowledgement.by", PERSON, "kubectl auth whoami");
        // Nobody is exempt, whatever may be repaired otherwise.
        refused(() -> acknowledge(admin, found, PERSON, Instant.now())).contains("bulkhead-acknowledgements");

        acknowledge(person, found, PERSON, Instant.now());
    }

    @Test
    void an_acknowledgement_has_a_time_between_what_it_is_about_and_now() {
        GenericKubernetesResource found = found();

        refused(() -> acknowledge(person, found, PERSON, Instant.parse("2036-01-01T00:00:00Z")))
                .contains("bulkhead-acknowledgements", "2036-01-01T00:00:00Z, is later than now, 20");
        refused(() -> acknowledge(person, found, PERSON, Instant.now().plus(Duration.ofMinutes(10))))
                .contains("is later than now");
        refused(() -> acknowledge(person, found, PERSON, foundAt.minusSeconds(1)))
                .contains("bulkhead-acknowledgements", "is before it was found, " + foundAt);
        refused(() -> person.resource(found)
                        .patch(MERGE, acknowledgement(PERSON, Instant.now()).replace("Z\"", "\"")))
                .contains("must be a time such as");

        // Clocks differ a little.
        acknowledge(person, found, PERSON, Instant.now().plus(Duration.ofMinutes(2)));
    }

    @Test
    void it_may_be_put_and_applied_as_well() {
        GenericKubernetesResource put = found();
        put.<Map<String, Object>>get("spec").put("acknowledgement", signed(foundAt));
        person.resource(put).update();

        GenericKubernetesResource applied =
                Samples.incident(found().getMetadata().getName(), foundAt);
        applied.setAdditionalProperty(
                "spec", Map.of("finding", applied.get("spec", "finding"), "acknowledgement", signed(Instant.now())));
        person.resource(applied).fieldManager("gitops").forceConflicts().serverSideApply();
    }

    @Test
    void nobody_brings_a_clock_of_its_own() {
        Instant later = Instant.parse("2036-01-01T00:00:00Z");
        GenericKubernetesResource forged = found();
        forged.<Map<String, Object>>get("spec").put("acknowledgement", signed(later));
        List<ManagedFieldsEntry> entries = new ArrayList<>(forged.getMetadata().getManagedFields());
        FieldsV1 claimed = new FieldsV1();
        claimed.setAdditionalProperty("f:spec", Map.of("f:acknowledgement", Map.of(".", Map.of(), "f:at", Map.of())));
        entries.add(new ManagedFieldsEntryBuilder()
                .withManager("clock")
                .withOperation("Update")
                .withApiVersion("bulkhead.dev/v1beta1")
                .withTime(later.toString())
                .withFieldsType("FieldsV1")
                .withFieldsV1(claimed)
                .build());
        forged.getMetadata().setManagedFields(entries);
        refused(() -> person.resource(forged).update()).contains("bulkhead-acknowledgements", "is later than now");

        GenericKubernetesResource unclocked = found();
        unclocked.<Map<String, Object>>get("spec").put("acknowledgement", signed(later));
        unclocked.getMetadata().setManagedFields(List.of(new ManagedFieldsEntry()));
        refused(() -> person.resource(unclocked).update())
                .contains("bulkhead-acknowledgements", "as far as anybody can tell");
    }

    /** An Incident that is there, as the prober made it. */
    private GenericKubernetesResource found() {
        String name = "acknowledged-" + UUID.randomUUID().toString().substring(0, 8);
        return prober.resource(Samples.incident(name, foundAt)).create();
    }

    private static Map<String, String> signed(Instant at) {
        return Map.of("by", PERSON, "reference", "INC-1", "at", at.toString());
    }

    private static String acknowledgement(String by, Instant at) {
        return """
                {"spec":{"acknowledgement":{"by":"%s","reference":"INC-1","at":"%s"}}}""".formatted(by, at);
    }

    private static void acknowledge(
            KubernetesClient client, GenericKubernetesResource incident, String by, Instant at) {
        client.resource(incident).patch(MERGE, acknowledgement(by, at));
    }

    private static AbstractStringAssert<?> refused(ThrowingCallable attempt) {
        return assertThat(ApiRefusal.of(attempt).orElseThrow().message());
    }
}
