package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.CorsRule;
import java.util.List;

/**
 * A rule of a bucket's CORS configuration, as S3 has it.
 *
 * @param origins pages that may ask; at most one {@code *} in each
 * @param methods of HTTP, in capitals
 * @param headers of the request that may be sent
 * @param exposed headers of the answer that scripts may read
 * @param maxAgeSeconds how long a browser remembers the answer
 */
public record CrossOriginRule(
        List<String> origins, List<String> methods, List<String> headers, List<String> exposed, int maxAgeSeconds) {
    /** Makes lists immutable. */
    public CrossOriginRule {
        origins = List.copyOf(origins);
        methods = List.copyOf(methods);
        headers = List.copyOf(headers);
        exposed = List.copyOf(exposed);
    }

    /** What a Tenant asks for. A signature covers what headers it must, so a request may carry any. */
    static CrossOriginRule of(CorsRule rule) {
        return new CrossOriginRule(
                rule.origins(),
                rule.methods().stream().map(Enum::name).toList(),
                List.of("*"),
                rule.exposeHeaders(),
                rule.maxAgeSeconds());
    }

    /** For people: {@code "https://portal.example.com: GET, PUT"}. */
    String text() {
        return String.join(" ", origins) + ": " + String.join(", ", methods);
    }
}
