package dev.bulkhead.operator.kube;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reports every request to the API server, but for the lease of the leader, which is not about any tenant. */
public final class CallInterceptor implements Interceptor {
    private static final Pattern RESOURCE =
            Pattern.compile("^/(?:api/v1|apis/[^/]+/[^/]+)/(?:namespaces/[^/]+/)?([a-z]+)(?:/([^/]+))?(?:/([a-z]+))?$");

    private final ExternalCalls calls;

    /** Reports to {@code calls}. */
    public CallInterceptor(ExternalCalls calls) {
        this.calls = calls;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (!isLease(request)) {
            calls.before(Backend.kubernetes, verb(request), what(request));
        }
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (!isLease(request)) {
            String result = response.isSuccessful() ? "ok" : Integer.toString(response.code());
            calls.after(Backend.kubernetes, verb(request), what(request), result);
        }
    }

    private static boolean isLease(HttpRequest request) {
        return request.uri().getPath().contains("/leases");
    }

    private static Verb verb(HttpRequest request) {
        return "GET".equals(request.method()) ? Verb.read : Verb.write;
    }

    private static String what(HttpRequest request) {
        Matcher path = RESOURCE.matcher(request.uri().getPath());
        if (!path.matches()) {
            return request.method() + " " + request.uri().getPath();
        }
        String subresource = path.group(3) == null ? "" : "/" + path.group(3);
        return request.method() + " " + path.group(1) + subresource;
    }
}
