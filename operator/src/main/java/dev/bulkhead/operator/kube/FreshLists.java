package dev.bulkhead.operator.kube;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Has every list say what is so when it is asked for. An informer fills its cache by a list that may be of any age
 * ({@code resourceVersion=0}): an API server that lags behind the others then shows a starting operator an older world,
 * and it would undo whatever was changed since, in databases and buckets, where no resourceVersion stops it.
 */
public final class FreshLists implements Interceptor {
    private static final String OF_ANY_AGE = "resourceVersion=0";

    /** Creates it. */
    public FreshLists() {}

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        URI asked = request.uri();
        String query = asked.getRawQuery();
        if (query == null || !"GET".equals(request.method())) {
            return;
        }
        List<String> parameters = Arrays.asList(query.split("&"));
        if (parameters.contains(OF_ANY_AGE) && !parameters.contains("watch=true")) {
            String others =
                    parameters.stream().filter(p -> !p.equals(OF_ANY_AGE)).collect(Collectors.joining("&"));
            String all = asked.toString();
            String path = all.substring(0, all.indexOf('?'));
            builder.uri(URI.create(others.isEmpty() ? path : path + "?" + others));
        }
    }
}
