package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.access.Principal;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.fixture.ProbedTenants;
import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.fixture.SetClock;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A round over acme, in which the canaries' sealed values are tried and nothing else. */
class TenantRoundTest {
    private final ScriptedApi api = new ScriptedApi();
    private final SetClock clock = new SetClock();
    private boolean open;
    private int tried;
    private @Nullable RuntimeException broken;

    private final TenantRound round = new TenantRound(
            List.of(new SecretsProbe(
                    new AccessReviews(api.client()),
                    new ExpiringCache<>(this::exchange, Duration.ofMinutes(5), clock),
                    new PlatformAccounts(
                            Principal.account("b", "operator"), Principal.account("b", "prober"), "k", List.of()),
                    clock,
                    new Random(7))),
            new GroundReader(api.client(), clock),
            Duration.ofHours(1),
            clock);

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void what_was_refused_is_not_tried_again_for_every_tenant() throws InterruptedException {
        assertThat(run().finding()).isEqualTo(ControlProof.RoundFinding.Proven);
        clock.pass(Duration.ofSeconds(10));
        assertThat(run().finding()).isEqualTo(ControlProof.RoundFinding.Proven);

        assertThat(tried).isEqualTo(1);
    }

    @Test
    void what_got_through_is_really_tried_again_before_it_is_called_a_breach() throws InterruptedException {
        open = true;

        assertThat(run().breach()).isTrue();
        assertThat(tried).isEqualTo(2);
    }

    /** As when a tenant is suspended while it is attacked: the prober's rights there end. */
    @Test
    void a_probe_that_the_api_server_refuses_says_so_and_is_no_error_of_the_prober() throws InterruptedException {
        broken = new KubernetesClientException(
                new StatusBuilder().withCode(403).withReason("Forbidden").build());

        ControlProof proof = run();

        assertThat(proof.finding()).isEqualTo(ControlProof.RoundFinding.Inconclusive);
        assertThat(proof.message()).contains("API server: HTTP 403 Forbidden").doesNotContain("internal error");
    }

    @Test
    void a_probe_that_breaks_says_where_to_look() throws InterruptedException {
        broken = new IllegalStateException("a bug");

        assertThat(run().message()).contains("internal error, correlation=").doesNotContain("a bug");
    }

    private List<Trial> exchange() {
        tried++;
        if (broken != null) {
            throw broken;
        }
        clock.pass(Duration.ofSeconds(1));
        return List.of(new Trial(
                Control.TI_SEC,
                "a value sealed for one tenant opens in another",
                TrialKind.BreakOut,
                open ? Attempt.succeeded("canary-two", "a value", "") : Attempt.refused("canary-two", "a value", ""),
                Attempt.succeeded("canary-one", "a value", "")));
    }

    private ControlProof run() throws InterruptedException {
        Tenant acme = ProbedTenants.tenant("acme", TenantPhase.Active, Isolation.Unknown, List.of());
        acme.getMetadata().setGeneration(1L);
        String profile = acme.getSpec().profile();
        for (int look = 0; look < 2; look++) {
            api.answer("GET /apis/bulkhead.dev/v1beta1/tenants/acme", 200, acme);
            api.answer(
                    "GET /apis/bulkhead.dev/v1beta1/tenantprofiles/" + profile,
                    200,
                    Map.of("metadata", Map.of("uid", "p", "generation", 1)));
        }
        return round.run(Subject.of(acme).orElseThrow(), List.of(), clock.instant(), _ -> {})
                .proofs()
                .getFirst();
    }
}
