package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What a browser may do with the bucket for pages of other origins, by presigned URLs (CORS protocol of the Fetch standard). */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record CorsRule(
        @Size(min = 1, max = 10)
        @JsonPropertyDescription("Origins of the pages, such as https://portal.example.com or https://*.example.com.")
        List<@Size(max = 265) @Pattern(ORIGIN) String> origins,

        @Size(min = 1, max = 5)
        @Default("[\"GET\", \"HEAD\", \"PUT\"]")
        @JsonPropertyDescription("Methods they may use.")
        List<HttpMethod> methods,

        @Size(max = 20)
        @Default("[\"ETag\"]")
        @JsonPropertyDescription("Headers of the answer that their scripts may read.")
        List<@Size(max = 64) @Pattern(HEADER) String> exposeHeaders,

        @Min(0)
        @Max(MAX_AGE)
        @Default("600")
        @JsonPropertyDescription("How long a browser may remember the answer, in seconds.")
        Integer maxAgeSeconds) {
    /** Encrypted ones with at most one wildcard, the first label; and those of a developer's own machine. */
    public static final String ORIGIN =
            "^(https://([*][.])?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
                    + "|https?://(localhost|127[.]0[.]0[.]1))(:[1-9][0-9]{0,4})?$";

    /** Name of an HTTP header. */
    public static final String HEADER = "^[A-Za-z0-9-]+$";

    private static final int MAX_AGE = 86_400;
    private static final int USUAL_AGE = 600;

    /** Fills in what is absent. */
    public CorsRule {
        origins = Lists.copy(origins);
        methods = methods == null ? List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.PUT) : List.copyOf(methods);
        exposeHeaders = exposeHeaders == null ? List.of("ETag") : List.copyOf(exposeHeaders);
        maxAgeSeconds = maxAgeSeconds == null ? USUAL_AGE : maxAgeSeconds;
    }

    /** A method that object stores know. */
    public enum HttpMethod {
        /** Reads an object. */
        GET,
        /** Reads what is known of an object. */
        HEAD,
        /** Writes an object. */
        PUT,
        /** Writes an object from a form. */
        POST,
        /** Deletes an object. */
        DELETE
    }
}
