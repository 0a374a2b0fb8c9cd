package dev.bulkhead.operator.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.operator.fixture.ApiRelay;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * As much of an API server as an informer sees: it lists what it holds, tells watchers what became of it since a version,
 * as far back as it remembers, and takes writes. What it holds is in everybody's selection.
 */
final class WatchedApi extends Dispatcher implements AutoCloseable {
    private static final Logger SERVER_LOG = Logger.getLogger("io.fabric8.mockwebserver.MockWebServer");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PATH =
            Pattern.compile("(/api/v1|/apis/[^/]+/[^/]+)(?:/namespaces/([^/]+)(?=/[a-z]))?/([a-z]+)(?:/([^/]+))?");
    private static final Pattern VERSION = Pattern.compile("[?&]resourceVersion=([0-9]+)");

    static {
        SERVER_LOG.setLevel(Level.WARNING);
    }

    /**
     * Where an object lies.
     *
     * @param kind group, version and plural
     * @param name of the object with its namespace; null for all of them
     */
    private record Located(String kind, @Nullable String name) {
        static Located of(String path, @Nullable JsonNode posted) {
            Matcher parts = PATH.matcher(path);
            if (!parts.matches()) {
                throw new IllegalArgumentException(path);
            }
            String name = posted == null
                    ? parts.group(4)
                    : posted.at("/metadata/name").asText();
            String namespace = parts.group(2) == null ? "" : parts.group(2) + "/";
            return new Located(parts.group(1) + "/" + parts.group(3), name == null ? null : namespace + name);
        }
    }

    private record Happening(long version, Located place, String type, ObjectNode object) {}

    private final MockWebServer server = new MockWebServer();
    private final Map<String, Map<String, ObjectNode>> objects = new TreeMap<>();
    private final List<Happening> changes = new ArrayList<>();
    private final Map<WebSocket, String> watchers = new java.util.LinkedHashMap<>();
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final Map<String, MockResponse> instead = new TreeMap<>();
    private final ApiRelay relay;
    private final KubernetesClient client;
    private long version = 100;
    private long remembered;
    private boolean mute;
    private int page = Integer.MAX_VALUE;

    WatchedApi() {
        server.setDispatcher(this);
        server.start();
        relay = new ApiRelay(server.getPort());
        client = new KubernetesClientBuilder()
                .withKubernetesSerialization(ApiSerialization.lean())
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl(relay.url())
                        .withHttp2Disable(true)
                        .withRequestRetryBackoffLimit(2)
                        .withRequestRetryBackoffInterval(1)
                        .withWatchReconnectInterval(1)
                        .build())
                .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("fresh", new FreshLists()))
                .build();
    }

    /** As the operator's own, but that it does not wait. */
    KubernetesClient client() {
        return client;
    }

    /** Somebody made or changed an object. */
    synchronized void put(String path, HasMetadata object) {
        store(Located.of(path, null), JSON.valueToTree(object));
    }

    /** Somebody deleted an object. */
    synchronized void delete(String path) {
        remove(Located.of(path, null));
    }

    /** From now on changes are not told. */
    synchronized void mute() {
        mute = true;
    }

    /** What was changed so far is forgotten; every watch ends with 410 and changes are told again. */
    synchronized void gone() {
        mute = false;
        remembered = version;
        List.copyOf(watchers.keySet()).forEach(this::gone);
    }

    /** Resets every connection. */
    void cut() {
        relay.cut();
    }

    /** Gives lists by so many items, whatever was asked for. */
    synchronized void page(int items) {
        page = items;
    }

    /** Answers the next read that begins so, with its method, once and no other way. */
    synchronized void answerNext(String beginning, MockResponse answer) {
        instead.put(beginning, answer);
    }

    /** The next request from now on with that beginning; those before it are dropped. */
    String await(String beginning) throws InterruptedException {
        for (String request = next(); ; request = next()) {
            if (request.startsWith(beginning)) {
                return request;
            }
        }
    }

    private String next() throws InterruptedException {
        return Objects.requireNonNull(requests.poll(10, TimeUnit.SECONDS), "no such request");
    }

    /** Every request that was not looked at yet. */
    List<String> requests() {
        List<String> all = new ArrayList<>();
        requests.drainTo(all);
        return all;
    }

    @Override
    public synchronized MockResponse dispatch(RecordedRequest request) {
        String asked = request.getPath();
        requests.add(request.method() + " " + asked);
        String path = asked.replaceFirst("\\?.*", "");
        String sent = request.getUtf8Body(); // can be read once
        JsonNode body = sent == null || sent.isEmpty() ? null : tree(sent);
        return switch (request.getMethod()) {
            case "GET" -> asked.contains("watch=true") ? watch(path, asked) : read(path, asked);
            case "POST" -> post(Located.of(path, body), body);
            case "PUT" -> replace(Located.of(path, null), body);
            case "DELETE" -> drop(Located.of(path, null));
            default -> refused(405);
        };
    }

    private MockResponse read(String path, String asked) {
        Located place = Located.of(path, null);
        if (place.name() != null) {
            ObjectNode found = of(place.kind()).get(place.name());
            return found == null ? refused(404) : answer(200, found);
        }
        String beginning = instead.keySet().stream()
                .filter(("GET " + asked)::startsWith)
                .findFirst()
                .orElse("");
        MockResponse other = instead.remove(beginning);
        return other == null ? list(place, asked) : other;
    }

    private MockResponse list(Located place, String asked) {
        List<ObjectNode> all = List.copyOf(of(place.kind()).values());
        Matcher token = Pattern.compile("continue=([0-9]+)").matcher(asked);
        int from = token.find() ? Integer.parseInt(token.group(1)) : 0;
        int to = (int) Math.min(all.size(), (long) from + page);
        ObjectNode list = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
        ObjectNode metadata = list.putObject("metadata").put("resourceVersion", Long.toString(version));
        if (to < all.size()) {
            metadata.put("continue", Integer.toString(to));
        }
        ArrayNode items = list.putArray("items");
        all.subList(from, to).forEach(items::add);
        return answer(200, list);
    }

    private MockResponse watch(String path, String asked) {
        Matcher from = VERSION.matcher(asked);
        long since = from.find() ? Long.parseLong(from.group(1)) : version;
        String kind = Located.of(path, null).kind();
        return new MockResponse().setResponseCode(101).withWebSocketUpgrade(new WebSocketListener() {
            @Override
            public void onOpen(WebSocket socket, Response response) {
                open(socket, kind, since);
            }

            @Override
            public void onClosed(WebSocket socket, int code, String reason) {
                left(socket);
            }

            @Override
            public void onFailure(WebSocket socket, Throwable error, Response response) {
                left(socket);
            }
        });
    }

    private synchronized void open(WebSocket socket, String kind, long since) {
        if (since < remembered) {
            gone(socket);
            return;
        }
        watchers.put(socket, kind);
        changes.stream()
                .filter(c -> c.version() > since && c.place().kind().equals(kind))
                .forEach(c -> socket.send(event(c.type(), c.object())));
    }

    private synchronized void left(WebSocket socket) {
        watchers.remove(socket);
    }

    private void gone(WebSocket socket) {
        watchers.remove(socket);
        socket.send(event("ERROR", status(410)));
    }

    private MockResponse post(Located place, @Nullable JsonNode posted) {
        if (of(place.kind()).containsKey(place.name())) {
            return refused(409);
        }
        return answer(201, store(place, Objects.requireNonNull(posted).deepCopy()));
    }

    private MockResponse replace(Located place, @Nullable JsonNode put) {
        ObjectNode found = of(place.kind()).get(place.name());
        if (found == null) {
            return refused(404);
        }
        JsonNode compared = Objects.requireNonNull(put).at("/metadata/resourceVersion");
        return compared.equals(found.at("/metadata/resourceVersion"))
                ? answer(200, store(place, put.deepCopy()))
                : refused(409);
    }

    private MockResponse drop(Located place) {
        return of(place.kind()).containsKey(place.name()) ? answer(200, remove(place)) : refused(404);
    }

    private ObjectNode store(Located place, ObjectNode object) {
        boolean there = of(place.kind()).containsKey(place.name());
        ObjectNode metadata = (ObjectNode) object.path("metadata");
        metadata.put("resourceVersion", Long.toString(++version)).put("uid", place.kind() + place.name());
        of(place.kind()).put(Objects.requireNonNull(place.name()), object);
        tell(new Happening(version, place, there ? "MODIFIED" : "ADDED", object));
        return object;
    }

    private ObjectNode remove(Located place) {
        ObjectNode object =
                Objects.requireNonNull(of(place.kind()).remove(place.name())).deepCopy();
        ((ObjectNode) object.path("metadata")).put("resourceVersion", Long.toString(++version));
        tell(new Happening(version, place, "DELETED", object));
        return object;
    }

    private void tell(Happening change) {
        changes.add(change);
        if (!mute) {
            watchers.forEach((socket, kind) -> {
                if (kind.equals(change.place().kind())) {
                    socket.send(event(change.type(), change.object()));
                }
            });
        }
    }

    private Map<String, ObjectNode> of(String kind) {
        return objects.computeIfAbsent(kind, _ -> new TreeMap<>());
    }

    static MockResponse refused(int code) {
        return answer(code, status(code));
    }

    private static MockResponse answer(int code, JsonNode body) {
        return new MockResponse().setResponseCode(code).setBody(body.toString());
    }

    private static ObjectNode status(int code) {
        return JSON.createObjectNode()
                .put("apiVersion", "v1")
                .put("kind", "Status")
                .put("status", "Failure")
                .put("code", code)
                .put("message", "answered " + code + " by the test");
    }

    private static String event(String type, JsonNode object) {
        ObjectNode event = JSON.createObjectNode().put("type", type);
        event.set("object", object);
        return event.toString();
    }

    private static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @Override
    public void close() {
        client.close();
        relay.close();
        server.shutdown();
    }
}
