package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.fixture.ScriptedApi;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An API server that has too much to do says when to come back. */
class RetryAfterTest {
    private static final String CARDS = "/api/v1/namespaces/acme--web/configmaps";
    private static final ConfigMap CARD = new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace("acme--web")
            .withName("card")
            .endMetadata()
            .build();

    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final ScriptedApi api = new ScriptedApi();
    private final KubernetesClient client = api.client(Map.of("retry-after", new RetryAfter(pause -> {
        pauses.add(pause);
        return Runnable::run;
    })));

    @AfterEach
    void stop() {
        client.close();
        api.close();
    }

    @Test
    void too_many_429_is_waited_for_as_long_as_the_server_says_and_sent_again() {
        busy("POST " + CARDS, 429, "3");
        api.answer("POST " + CARDS, 201, CARD);

        client.resource(CARD).create();

        assertThat(api.requests()).containsExactly("POST " + CARDS, "POST " + CARDS);
        assertThat(pauses).containsExactly(Duration.ofSeconds(3));
    }

    @Test
    void a_server_that_starts_503_is_waited_for_in_the_same_way() {
        busy("GET " + CARDS + "/card", 503, "1");
        api.answer("GET " + CARDS + "/card", 200, CARD);

        client.resource(CARD).get();

        assertThat(pauses).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void nobody_waits_for_minutes() {
        busy("POST " + CARDS, 429, "3600");
        api.answer("POST " + CARDS, 201, CARD);

        client.resource(CARD).create();

        assertThat(pauses).containsExactly(Duration.ofSeconds(4));
    }

    @Test
    void a_server_that_names_no_time_or_none_that_is_understood_is_asked_again_at_once() {
        api.refuse("POST " + CARDS, 429, "slow down");
        busy("POST " + CARDS, 429, "Sun, 29 Nov 2026 09:12:03 GMT");
        api.answer("POST " + CARDS, 201, CARD);

        client.resource(CARD).create();

        assertThat(api.requests()).hasSize(3);
        assertThat(pauses).isEmpty();
    }

    @Test
    void a_refusal_that_is_final_is_not_waited_for() {
        busy("POST " + CARDS, 409, "3");

        assertThatThrownBy(() -> client.resource(CARD).create()).isInstanceOf(KubernetesClientException.class);
        assertThat(pauses).isEmpty();
    }

    @Test
    void who_does_not_send_again_does_not_wait() {
        busy("POST " + CARDS, 429, "3");

        KubernetesClient once = client.newClient(
                        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                .adapt(KubernetesClient.class);

        assertThatThrownBy(() -> once.resource(CARD).create()).isInstanceOf(KubernetesClientException.class);
        assertThat(pauses).isEmpty();
        assertThat(api.requests()).hasSize(1);
    }

    private void busy(String request, int code, String seconds) {
        api.answer(request, code, ScriptedApi.status(code, "slow down"), "Retry-After", seconds);
    }
}
