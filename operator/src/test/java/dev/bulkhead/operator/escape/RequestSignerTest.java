package dev.bulkhead.operator.escape;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RequestSignerTest {
    private static final Instant NOW = Instant.parse("2013-05-24T00:00:00Z");
    private static final AccessKey KEY =
            new AccessKey("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

    private final RequestSigner signer = new RequestSigner(KEY, "us-east-1", "examplebucket.s3.amazonaws.com");

    @Test
    void a_get_is_signed_as_the_documentation_of_the_signature_has_it() {
        RawRequest get = RawRequest.of("GET", "/test.txt", "").with("range", "bytes=0-9");

        assertThat(signed(get, RequestSigner.Canonical.AS_SENT))
                .contains("SignedHeaders=host;range;x-amz-content-sha256;x-amz-date")
                .contains("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }

    @Test
    void a_listing_is_signed_as_the_documentation_of_the_signature_has_it() {
        RawRequest list = RawRequest.of("GET", "/", "max-keys=2&prefix=J");

        assertThat(signed(list, RequestSigner.Canonical.DECODED))
                .contains("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    @Test
    void not_one_byte_of_path_and_query_is_changed() {
        RawRequest odd = RawRequest.of("GET", "/a/..//%2e%2E/\\b%00\0", "prefix=../c&x=%2F");

        for (RequestSigner.Canonical canonical : signer.canonicals(odd)) {
            assertThat(signed(odd, canonical)).startsWith("GET /a/..//%2e%2E/\\b%00\0?prefix=../c&x=%2F HTTP/1.1\r\n");
        }
    }

    @Test
    void a_request_is_signed_in_as_many_ways_as_servers_may_read_it() {
        assertThat(signer.canonicals(RawRequest.of("GET", "/a/b", "x=y"))).hasSize(1);
        assertThat(signer.canonicals(RawRequest.of("GET", "/a/%2e%2e/b", ""))).hasSize(3);
        assertThat(signer.canonicals(RawRequest.of("GET", "/a/b", "prefix=../b")))
                .hasSize(2);
    }

    /** Servers that read a path as text see the same character in place of each byte that is none. */
    @Test
    void bytes_that_are_no_text_are_signed_also_as_what_text_makes_of_them() {
        assertThat(signer.canonicals(RawRequest.of("GET", "/a/%C0%AE", "")))
                .contains(RequestSigner.Canonical.DECODED_AS_TEXT);
        assertThat(Name.encoded(Name.asText(Name.decoded("%C0%AE%E0%80%AE%E2%80%A4")), true))
                .isEqualTo("%EF%BF%BD".repeat(5) + "%E2%80%A4");
    }

    @Test
    void a_presigned_request_carries_its_signature_in_the_query_and_nowhere_else() {
        String sent = signed(RawRequest.of("GET", "/test.txt", "").presigned(), RequestSigner.Canonical.AS_SENT);

        assertThat(sent).contains("&X-Amz-Signature=").doesNotContain("authorization");
    }

    @Test
    void the_secret_is_in_nothing_that_is_sent_or_said() {
        RawRequest form = RawRequest.form("own", "key", "file.txt", "content");

        assertThat(signed(form, RequestSigner.Canonical.AS_SENT))
                .contains("x-amz-signature")
                .doesNotContain(KEY.secret());
        assertThat(KEY.toString()).doesNotContain(KEY.secret());
    }

    private String signed(RawRequest request, RequestSigner.Canonical canonical) {
        return new String(signer.signed(request, canonical, NOW, true), StandardCharsets.ISO_8859_1);
    }
}
