package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is left of a tenant is not deleted in passing, also by nobody who may do everything (guard 14). */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TombstoneDeletionIT {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final String PERSON = "erik@platform.example";
    private static final String RIGHTS = "deleting-erik";

    private KubernetesClient admin;
    private KubernetesClient person;

    @BeforeAll
    void install(KubernetesClient client) {
        admin = client;
        InstalledChart.on(admin);
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(RIGHTS)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                        .addNewSubject("rbac.authorization.k8s.io", "User", PERSON, null)
                        .build())
                .serverSideApply();
        person = InstalledChart.actingAs(admin, PERSON);
        GenericKubernetesResource asked = tombstone("{}", "{phase: Closing}");
        await().atMost(InstalledChart.PATIENCE)
                .until(() -> ApiRefusal.of(() -> person.resource(asked).dryRun().delete())
                        .filter(ApiRefusal::byGuard)
                        .isPresent());
        admin.resource(asked).delete();
    }

    @AfterAll
    void cleanUp() {
        person.close();
        admin.rbac().clusterRoleBindings().withName(RIGHTS).delete();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{}                                | {phase: Closing, debts: [{name: database, message: silent}], openDebts: '1'} | not everything is closed yet (database)",
                "{approval: APPROVAL}              | {phase: Closing, debts: [{name: access, message: silent}], database: DATABASE}    | not everything is closed yet (access)",
                "{}                                | {phase: Closing}                                                            | not everything is closed yet ()",
                "{}                                | {phase: Retained, database: DATABASE}                                             | data is left",
                "{}                                | {phase: Retained, objectStore: STORE}                                          | data is left",
                "{}                                | {phase: Retained, namespaces: [gone--app]}                                  | data is left",
                "{legalHold: true}                 | {phase: Retained}                                                           | spec.legalHold",
                "{legalHold: true, approval: APPROVAL} | {phase: Retained, database: DATABASE}                                         | spec.legalHold",
            })
    void one_that_says_whose_data_is_left_stays(String spec, String status, String because) {
        GenericKubernetesResource tombstone = tombstone(spec, status);
        Resource<GenericKubernetesResource> there = person.resource(tombstone);

        Optional<ApiRefusal> refusal = ApiRefusal.of(there::delete);

        assertThat(refusal)
                .hasValueSatisfying(r -> assertThat(r.message())
                        .contains(
                                "'bulkhead-tombstones'",
                                "Tombstone " + tombstone.getMetadata().getName()
                                        + " of tenant acme may not be deleted: ",
                                because,
                                "bulkhead:break-glass"));
        assertThat(there.get()).isNotNull();

        admin.resource(tombstone).delete();
        assertThat(there.get()).as("with the glass broken").isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{}                                 | {phase: Adopted, database: DATABASE}",
                "{}                                 | {phase: Retained, openDebts: '0'}",
                "{approval: APPROVAL}               | {phase: Retained, database: DATABASE, objectStore: STORE}",
                "{legalHold: false, approval: APPROVAL} | {phase: Retained, namespaces: [gone--app]}",
            })
    void one_that_nobody_needs_may_go(String spec, String status) {
        Resource<GenericKubernetesResource> there = person.resource(tombstone(spec, status));

        there.delete();

        assertThat(there.get()).isNull();
    }

    @Test
    void one_that_was_made_by_hand_may_go() {
        Resource<GenericKubernetesResource> there =
                person.resource(Samples.tombstone(UUID.randomUUID().toString(), Map.of()));
        there.create();

        there.delete();

        assertThat(there.get()).isNull();
    }

    @Test
    void all_at_once_are_not_deleted_either() {
        GenericKubernetesResource tombstone = tombstone("{}", "{phase: Retained, database: DATABASE}");

        assertThat(ApiRefusal.of(() -> person.raw("/apis/bulkhead.dev/v1beta1/tombstones", "DELETE", Map.of())))
                .isPresent();

        assertThat(person.resource(tombstone).get()).isNotNull();
        admin.resource(tombstone).delete();
    }

    /** As the operator leaves one: first the object, then what it says. */
    private GenericKubernetesResource tombstone(String spec, String status) {
        GenericKubernetesResource made = admin.resource(
                        Samples.tombstone(UUID.randomUUID().toString(), Map.of()))
                .create();
        String approval = "{by: erik, reference: T-1, at: '2026-11-29T10:00:00Z'}";
        admin.resource(made).patch(MERGE, json("spec: " + spec.replace("APPROVAL", approval)));
        String said = status.replace("{phase", "{tenant: acme, phase")
                .replace("DATABASE", "{server: main, database: tenants, schema: t_x}")
                .replace("STORE", "{store: main, bucket: bh-x}");
        admin.resource(made).subresource("status").patch(MERGE, json("status: " + said));
        return made;
    }

    private static String json(String yaml) {
        return Serialization.asJson(Serialization.unmarshal(yaml, Map.class));
    }
}
