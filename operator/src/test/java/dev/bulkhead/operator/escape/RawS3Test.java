package dev.bulkhead.operator.escape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request whose path is encoded can be signed in three ways, of which each server takes one. */
@Timeout(20)
class RawS3Test {
    private static final RawRequest ENCODED = RawRequest.of("GET", "/own-bucket/%2e%2e/x", "");

    private final ScriptedS3 server = new ScriptedS3();

    @AfterEach
    void stop() {
        server.close();
    }

    /** Some say that the signature is wrong, some only that nobody is let in. */
    @ParameterizedTest
    @ValueSource(strings = {"SignatureDoesNotMatch", "AccessDenied"})
    void the_next_way_to_sign_is_tried_where_one_is_not_let_in(String code) throws Exception {
        answering(ScriptedS3.error(403, code), ScriptedS3.error(401, code), ScriptedS3.answer(200, "in"));

        assertThat(server.s3().ask(ENCODED).body()).isEqualTo("in");
        assertThat(server.heard).hasSize(3);
    }

    @Test
    void a_key_that_may_not_is_heard_whatever_is_said_of_other_ways_to_sign() throws Exception {
        answering(
                ScriptedS3.error(403, "SignatureDoesNotMatch"),
                ScriptedS3.error(403, "AccessDenied"),
                ScriptedS3.error(403, "SignatureDoesNotMatch"));

        RawAnswer answer = server.s3().ask(ENCODED);

        assertThat(answer.code()).isEqualTo("AccessDenied");
        assertThat(answer.heard()).isTrue();
    }

    @Test
    void a_signature_that_the_server_takes_in_no_way_is_not_sent_again_and_not_heard() throws Exception {
        server.answering(_ -> Optional.of(ScriptedS3.error(403, "SignatureDoesNotMatch")));

        assertThat(server.s3().ask(ENCODED).heard()).isFalse();
        assertThat(server.heard).hasSize(3);
    }

    @Test
    void who_needs_an_answer_is_told_what_it_was_about_and_why_and_not_the_name() {
        server.answering(_ -> Optional.of(ScriptedS3.answer(503, "<Message>word of the server</Message>")));

        assertThatThrownBy(() -> server.s3().heard(ENCODED))
                .isInstanceOf(UnclearException.class)
                .hasMessage(
                        "GET /own-bucket/… was not heard by the server (HTTP 503): check its load, its clock and the"
                                + " key's rights");
    }

    private void answering(String... answers) {
        Iterator<String> next = List.of(answers).iterator();
        server.answering(_ -> Optional.of(next.next()));
    }
}
