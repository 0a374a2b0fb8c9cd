package dev.bulkhead.operator.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.DatabaseStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.ObjectStoreStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.fixture.ProbedTenants;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people of acme may read of what was tried between acme and klinik-nord. */
class DiscretionTest {
    private static final Tenant ACME = ProbedTenants.tenant("acme", TenantPhase.Active, Isolation.Unknown, List.of());
    private static final Tenant KLINIK = Tenants.fullTenant();
    private static final TenantIdentity OWN = TenantIdentity.of(ACME);
    private static final TenantIdentity THEIRS = TenantIdentity.of(KLINIK);
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    static {
        ACME.setStatus(ACME.getStatus().withHomes(new DatabaseStatus("pg-one", "shared", OWN.schema(), null), null));
        KLINIK.setStatus(ACME.getStatus()
                .withHomes(
                        new DatabaseStatus("pg-two", "klinik_archive", "patients_2019", null),
                        new ObjectStoreStatus("s3-one", "nordarchiv", "AKIA7NORD")));
    }

    private final Discretion discretion = Discretion.towards(ACME, List.of(ACME, KLINIK));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "database login of klinik-nord",
                "schema SCHEMA of klinik-nord",
                "SCHEMA_app on table patients",
                "bucket BUCKET",
                "pod in klinik-nord--app",
                "system:serviceaccount:klinik-nord--app:default",
                "Secrets in namespace somebody--else",
                "zoe@klinik.example",
                "Group empfang",
                "bulkhead.dev/identity is IDENTITY",
                "Secret bulkhead-tenant-SUFFIX",
                "ClusterRoleBinding klinik-nord-view",
                "role klinik-nord_reader",
                "Group empfang-sued",
                "database klinik_archive",
                "schema patients_2019",
                "bucket nordarchiv, 3 objects",
                "key AKIA7NORD",
                "klinik-nord.db.example",
            })
    void what_names_another_tenant_is_left_out(String words) {
        String text = words.replace("SCHEMA", THEIRS.schema())
                .replace("BUCKET", THEIRS.bucket())
                .replace("IDENTITY", THEIRS.value())
                .replace("SUFFIX", THEIRS.suffix());

        Trial told = told(text, text, text);

        assertThat(told.explanation())
                .isEqualTo("reads rows: another tenant on what is another tenant's: Succeeded"
                        + " (the platform's administrators see more)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "database login of acme",
                "OWN_app on table OWN.patients",
                "pod in acme--web",
                "server db.platform.example:5432",
                "SQLSTATE 42501",
                "klinik-norderstedt",
                "database shared",
                "the whole cluster",
            })
    void what_names_only_its_own_is_told(String words) {
        String text = words.replace("OWN", OWN.schema());

        assertThat(told(text, text, text).attack()).isEqualTo(Attempt.succeeded(text, text, text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "web  | Deployment web                     | true",
                "web  | the webhook of the website         | true",
                "web  | binding web-view, (web)            | true",
                "web  | pod in acme--web                   | true",
                "web  | login of web                       | false",
                "web  | Tenant web is Invalid              | false",
                "web  | pod in web--app                    | false",
                "view | ClusterRole view lets User mallory | true",
                "acme-labs | rows of acme                  | true",
                "acme-labs | rows of acme-labs             | false",
                "labs | binding acme-labs                  | false",
            })
    void a_tenant_is_told_from_a_word(String other, String text, boolean told) {
        Discretion towards = Discretion.towards(ACME, List.of(ACME, called(other, KLINIK)));

        assertThat(towards.told(List.of(trial(text, "x", "")))
                        .getFirst()
                        .attack()
                        .actor())
                .isEqualTo(told ? text : "another tenant");
    }

    @Test
    void one_s_own_name_is_told_where_another_s_is_part_of_it() {
        Tenant labs = called("acme-labs", ACME);
        Discretion towards = Discretion.towards(labs, List.of(labs, called("acme", KLINIK), called("labs", KLINIK)));

        assertThat(towards.told(List.of(trial("login of acme-labs", "pod in acme-labs--web", "binding acme-view")))
                        .getFirst()
                        .attack())
                .isEqualTo(Attempt.succeeded(
                        "login of acme-labs", "pod in acme-labs--web", "the platform's administrators see more"));
    }

    private static Tenant called(String name, Tenant like) {
        Tenant tenant = new Tenant();
        tenant.setMetadata(new ObjectMetaBuilder(like.getMetadata())
                .withName(name)
                .withUid(UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString())
                .build());
        tenant.setSpec(like.getSpec());
        return tenant;
    }

    @Test
    void what_its_own_people_do_is_told_even_where_they_work_for_others_too() {
        Tenant both = Tenants.fullTenant();
        both.getMetadata().setName("acme");
        both.getMetadata().setUid(OWN.value());

        Discretion own = Discretion.towards(both, List.of(both, KLINIK));

        assertThat(own.told(List.of(trial("zoe@klinik.example", "the cluster", "")))
                        .getFirst()
                        .attack()
                        .actor())
                .isEqualTo("zoe@klinik.example");
    }

    @Test
    void what_is_the_same_without_names_is_told_once_and_what_was_refused_not_at_all() {
        Trial refused = new Trial(
                Control.TI_DB,
                "x",
                TrialKind.BreakOut,
                Attempt.refused("a", "b", ""),
                Attempt.succeeded("a", "own", ""));

        assertThat(discretion.told(List.of(
                        refused,
                        trial("login of acme", "schema a--b", "1 row"),
                        trial("login of acme", "schema c--d", "1 row"))))
                .hasSize(1);
    }

    /** Both the control's own words and each attempt's are made of the same. */
    @Test
    void the_report_holds_no_name_of_another() {
        List<Trial> trials = List.of(
                trial("database login of acme", "schema " + THEIRS.schema() + " of klinik-nord", "1 row"),
                new Trial(
                        Control.TI_OBJ,
                        "lists a bucket",
                        TrialKind.BreakOut,
                        Attempt.refused("key of acme", "bucket " + THEIRS.bucket(), "403"),
                        Attempt.broken("key of klinik-nord", "bucket " + THEIRS.bucket(), "no answer")));
        List<Trial> told = discretion.told(trials);
        List<ControlProof> proofs =
                ControlProof.of(Set.of(Control.TI_DB, Control.TI_OBJ), trials, NOW, Duration.ofHours(1)).stream()
                        .map(proof -> proof.told(told))
                        .toList();

        String report = ReportPlanner.plan(
                        new ReportPlanner.About("acme", OWN, "acme--web"), List.of(), proofs, told, NOW)
                .getResults()
                .toString();

        assertThat(report).contains("reads rows", "database login of acme", "no answer", "breach=true");
        assertThat(report).doesNotContain("klinik", THEIRS.suffix());
    }

    private Trial told(String actor, String target, String detail) {
        return discretion.told(List.of(trial(actor, target, detail))).getFirst();
    }

    private static Trial trial(String actor, String target, String detail) {
        return new Trial(
                Control.TI_DB,
                "reads rows",
                TrialKind.BreakOut,
                Attempt.succeeded(actor, target, detail),
                Attempt.succeeded("login of acme", "its own", ""));
    }
}
