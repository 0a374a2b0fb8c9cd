package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.objectstore.BucketsApartWatch.LastTrial;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What this process found out about servers by trying to leave a bucket there. A trial takes half a minute, so a store that is
 * opened anew, because its spec or Secret changed, goes on with what is known of its server.
 */
public final class TriedServers {
    /** One server, as one account sees it. */
    private record Server(URI endpoint, String accessKeyId) {}

    private final Map<Server, AtomicReference<@Nullable LastTrial>> known = new ConcurrentHashMap<>();
    private final UnaryOperator<URI> leadsTo;

    /** Every endpoint is a server. */
    public TriedServers() {
        this(UnaryOperator.identity());
    }

    /**
     * For somebody who knows that some endpoints are ways to the same server.
     *
     * @param leadsTo of an endpoint, the one that stands for all of its server
     */
    public TriedServers(UnaryOperator<URI> leadsTo) {
        this.leadsTo = leadsTo;
    }

    /** What was found last of the server that this connection leads to; null in it as long as nothing was. */
    AtomicReference<@Nullable LastTrial> of(StoreConnection connection) {
        return known.computeIfAbsent(
                new Server(leadsTo.apply(connection.endpoint()), connection.accessKeyId()),
                _ -> new AtomicReference<>());
    }
}
