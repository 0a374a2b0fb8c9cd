package dev.bulkhead.operator.secret;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.api.v1beta1.TenantSecretStatus.Accepted;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcceptedEpochsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void a_key_stays_as_new_as_it_was_though_others_come_and_it_goes() {
        AcceptedEpochs epochs = AcceptedEpochs.NONE
                .with("acme--web", "mail", List.of(new Accepted("a", 20L), new Accepted("b", 10L)))
                .with("acme--web", "mail", List.of(new Accepted("b", 11L)));

        assertThat(epochs.of("acme--web", "mail", "a", null)).isEqualTo(20);
        assertThat(epochs.of("acme--web", "mail", "b", null)).isEqualTo(11);
        assertThat(epochs.of("acme--jobs", "mail", "a", null)).isZero();
    }

    @Test
    void what_was_allowed_to_be_older_counts_from_then_on() {
        AcceptedEpochs epochs = AcceptedEpochs.NONE
                .with("acme--web", "mail", List.of(new Accepted("a", 20L)))
                .with("acme--web", "mail", List.of(new Accepted("a", 5L)));

        assertThat(epochs.of("acme--web", "mail", "a", null)).isEqualTo(5);
    }

    @Test
    void of_too_many_the_oldest_are_folded_and_none_of_them_comes_back_older() {
        AcceptedEpochs epochs = AcceptedEpochs.NONE;
        for (long i = 1; i <= AcceptedEpochs.MOST + 5; i++) {
            epochs = epochs.with("acme--web", "s" + i, List.of(new Accepted("k", i)));
        }

        assertThat(epochs.known()).hasSize(AcceptedEpochs.MOST);
        assertThat(epochs.of("acme--web", "s3", "k", null)).isEqualTo(5);
        assertThat(epochs.of("acme--web", "s6", "k", null)).isEqualTo(6);
        ObjectNode state = JSON.createObjectNode();
        epochs.write(state);
        assertThat(state.toString()).as("room in an annotation").hasSizeLessThan(40_000);
        assertThat(AcceptedEpochs.read(state)).contains(epochs);
    }

    @Test
    void what_a_tenant_secret_still_holds_is_no_older_because_it_was_folded() {
        AcceptedEpochs epochs = AcceptedEpochs.NONE;
        for (long i = 1; i <= AcceptedEpochs.MOST + 5; i++) {
            epochs = epochs.with("acme--web", "s" + i, List.of(new Accepted("k", i)));
        }

        assertThat(epochs.of("acme--web", "s3", "k", 3L))
                .as("as its status says")
                .isEqualTo(3);
        assertThat(epochs.with("acme--web", "s3", List.of(new Accepted("k", 3L))))
                .as("noting it once more writes nothing")
                .isEqualTo(epochs);
        assertThat(epochs.of("acme--web", "s900", "k", 3L))
                .as("a status that is behind the record")
                .isEqualTo(900);
    }

    @Test
    void what_is_no_number_is_not_read() throws Exception {
        assertThat(AcceptedEpochs.read(JSON.readTree("{\"epochs\":{\"ab\":\"yesterday\"}}")))
                .isEmpty();
        assertThat(AcceptedEpochs.read(JSON.readTree("{}"))).contains(AcceptedEpochs.NONE);
    }
}
