package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.SetClock;
import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import io.grpc.Status;
import java.net.ConnectException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a filer answers becomes a failure of a kind that says what to do, without a word of the filer's. */
class FilerChannelTest {
    @ParameterizedTest
    @CsvSource({
        "UNAUTHENTICATED, Credentials",
        "PERMISSION_DENIED, Forbidden",
        "NOT_FOUND, Missing",
        "ALREADY_EXISTS, Exists",
        "DEADLINE_EXCEEDED, Slow",
        "CANCELLED, Stopped",
        "UNIMPLEMENTED, Unsupported",
        "INVALID_ARGUMENT, Rejected",
        "FAILED_PRECONDITION, Rejected",
        "RESOURCE_EXHAUSTED, Busy",
        "INTERNAL, Busy",
        "UNKNOWN, Busy",
        "UNAVAILABLE, Unreachable"
    })
    void each_code_has_its_kind(Status.Code code, StoreFailure kind) {
        StoreException failure =
                FilerChannel.failure("CreateUser", code.toStatus().withDescription("secret word of the server"));

        assertThat(failure.failure()).isEqualTo(kind);
        assertThat(failure.getMessage())
                .contains("CreateUser")
                .contains("gRPC " + code)
                .doesNotContain("secret word");
    }

    @Test
    void a_file_that_is_not_there_is_missing() {
        assertThat(FilerChannel.failure(
                                "LookupDirectoryEntry",
                                Status.UNKNOWN.withDescription("filer: no entry is found in filer store"))
                        .failure())
                .isEqualTo(StoreFailure.Missing);
    }

    @Test
    void why_there_is_no_connection_is_told_apart() {
        assertThat(unavailable(new ConnectException("refused"))).isEqualTo(StoreFailure.Unreachable);
        assertThat(unavailable(new SSLException("bad", new CertificateException("nobody's"))))
                .isEqualTo(StoreFailure.Untrusted);
        assertThat(unavailable(new SSLException("Received fatal alert: bad_certificate")))
                .as("the certificate of the operator's own is the one that is refused")
                .isEqualTo(StoreFailure.Credentials);
    }

    @Test
    void a_token_says_nothing_but_when_it_ends() {
        FilerToken token = new FilerToken("signing-key", new SetClock());

        assertThat(token.fresh())
                .isEqualTo("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3OTU5NTM5MDB9"
                        + ".RT2qbC1-kDgC6VZdw7OBwtcqbsBNpvRLQutpwPEzs7o");
    }

    private static StoreFailure unavailable(Throwable cause) {
        return FilerChannel.failure("CreateUser", Status.UNAVAILABLE.withCause(cause))
                .failure();
    }
}
