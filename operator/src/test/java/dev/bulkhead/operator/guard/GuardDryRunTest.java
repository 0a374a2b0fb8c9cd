package dev.bulkhead.operator.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.guard.GuardAttempt.GuardVerdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an answer of the API server says about a guard, and what it does not. */
class GuardDryRunTest {
    private static final GuardManifest REFUSE = manifest("refuse", "POST /api/v1/namespaces/a--b/services");
    private static final GuardManifest PASS = manifest("pass", "POST /api/v1/namespaces/a--b/services");
    private static final GuardManifest EXEC = manifest("refuse", "POST /api/v1/namespaces/a--b/pods/absent/exec?x=y");
    private static final String REFUSED =
            "services \"x\" is forbidden: ValidatingAdmissionPolicy 'bulkhead-services' with binding"
                    + " 'bulkhead-services' denied request: no";

    @Test
    void a_refusal_by_the_own_guard_is_what_was_wanted() {
        assertThat(verdict(REFUSE, 403, REFUSED)).isEqualTo(GuardVerdict.PASS);
        assertThat(verdict(PASS, 403, REFUSED)).isEqualTo(GuardVerdict.FAIL);
    }

    @Test
    void what_gets_through_gets_through() {
        assertThat(verdict(REFUSE, 201, "")).isEqualTo(GuardVerdict.FAIL);
        assertThat(verdict(PASS, 201, "")).isEqualTo(GuardVerdict.PASS);
    }

    @Test
    void a_connection_that_fails_behind_the_guards_got_through_them() {
        assertThat(verdict(EXEC, 404, "pods \"absent\" not found")).isEqualTo(GuardVerdict.FAIL);
        assertThat(verdict(EXEC, 403, REFUSED)).isEqualTo(GuardVerdict.PASS);
    }

    @Test
    void a_refusal_by_anything_else_proves_nothing() {
        assertThat(verdict(REFUSE, 403, "User \"x\" cannot create resource \"services\""))
                .isEqualTo(GuardVerdict.UNKNOWN);
        assertThat(verdict(REFUSE, 403, REFUSED.replace("bulkhead-services", "bulkhead-services-else")))
                .isEqualTo(GuardVerdict.UNKNOWN);
        assertThat(verdict(PASS, 403, "exceeded quota")).isEqualTo(GuardVerdict.UNKNOWN);
    }

    @Test
    void an_object_that_is_not_there_and_a_server_that_fails_prove_nothing() {
        assertThat(verdict(REFUSE, 404, "not found")).isEqualTo(GuardVerdict.UNKNOWN);
        assertThat(verdict(REFUSE, 503, "")).isEqualTo(GuardVerdict.UNKNOWN);
        assertThat(verdict(REFUSE, 429, "slow down")).isEqualTo(GuardVerdict.UNKNOWN);
    }

    @Test
    void an_expression_that_failed_refuses_but_proves_nothing() {
        assertThat(verdict(REFUSE, 422, REFUSED.replace("no", "expression 'x' resulted in error: no such key: y")))
                .isEqualTo(GuardVerdict.UNKNOWN);
    }

    @Test
    void a_guard_that_only_warns_has_spoken_by_a_warning() {
        GuardManifest literal = GuardManifest.parse(
                "12-literal-secrets/refuse/x.yaml", "# Try.\n# POST /api/v1/namespaces/a--b/configmaps\n");

        assertThat(warned(literal)).isEqualTo(GuardVerdict.PASS);
    }

    @Test
    void a_guard_that_was_made_to_warn_instead_of_refusing_has_failed() {
        assertThat(warned(REFUSE)).isEqualTo(GuardVerdict.FAIL);
        assertThat(warned(PASS)).isEqualTo(GuardVerdict.FAIL);
    }

    @Test
    void pod_security_refuses_in_its_own_words() {
        GuardManifest host =
                GuardManifest.parse("pod-security/refuse/x.yaml", "# Try.\n# POST /api/v1/namespaces/a--b/pods\n");
        String words = "pods \"x\" is forbidden: violates PodSecurity \"restricted:v1.37\": host namespaces";

        assertThat(verdict(host, 403, words)).isEqualTo(GuardVerdict.PASS);
        assertThat(verdict(host, 403, words.replace("restricted", "baseline"))).isEqualTo(GuardVerdict.UNKNOWN);
        assertThat(verdict(host, 201, "")).isEqualTo(GuardVerdict.FAIL);
        assertThat(new GuardAttempt(
                                host,
                                GuardDryRun.judge(
                                        host,
                                        201,
                                        "",
                                        List.of("299 - \"would violate PodSecurity \\\"restricted:v1.37\\\"\"")))
                        .verdict())
                .isEqualTo(GuardVerdict.FAIL);
    }

    private static GuardVerdict warned(GuardManifest manifest) {
        List<String> warning = List.of("299 - \"Validation failed for " + manifest.signature() + " with binding" + " '"
                + manifest.policy() + "': mind\"");
        return new GuardAttempt(manifest, GuardDryRun.judge(manifest, 201, "", warning)).verdict();
    }

    private static GuardVerdict verdict(GuardManifest manifest, int code, String message) {
        return new GuardAttempt(manifest, GuardDryRun.judge(manifest, code, message, List.of())).verdict();
    }

    private static GuardManifest manifest(String expectation, String request) {
        return GuardManifest.parse("04-services/" + expectation + "/x.yaml", "# Try.\n# " + request + "\n");
    }
}
