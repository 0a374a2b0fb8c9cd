package dev.bulkhead.operator.objectstore;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Answers as AWS documents its IAM API, two entries a page, and as S3 whoever lists a bucket. */
final class IamServer implements AutoCloseable {
    static final String ACCOUNT = "arn:aws:iam::123456789012:user";

    private static final int PAGE = 2;

    final SortedMap<String, StoredUser> users = new TreeMap<>();
    final List<String> requests = new ArrayList<>();
    final List<Map<String, String>> forms = new ArrayList<>();

    /** Keys that S3 does not know yet. */
    final Set<String> unheard = new HashSet<>();

    boolean paths = true;
    boolean tags = true;
    int keysAtMost = 2;

    private final HttpServer http;
    private final List<Refusal> refusals = new ArrayList<>();
    private int made;

    IamServer() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        http.createContext("/", this::answer);
        http.start();
    }

    /** A user as it is kept. */
    static final class StoredUser {
        final String path;
        final Map<String, String> tags = new TreeMap<>();
        final Map<String, String> keys = new TreeMap<>();
        final Set<String> documents = new TreeSet<>();
        final Set<String> policies = new TreeSet<>();
        final Set<String> groups = new TreeSet<>();

        StoredUser(String path) {
            this.path = path;
        }

        private boolean hasNothing() {
            return keys.isEmpty() && documents.isEmpty() && policies.isEmpty() && groups.isEmpty();
        }
    }

    /** An error that is answered once. */
    private record Refusal(String action, int status, String code, String retryAfter) {}

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    /** The next request of that name is refused. */
    void refuseNext(String action, int status, String code, String retryAfter) {
        refusals.add(new Refusal(action, status, code, retryAfter));
    }

    StoredUser put(String name, String path) {
        StoredUser user = new StoredUser(path);
        users.put(name, user);
        return user;
    }

    long count(String action) {
        return requests.stream().filter(action::equals).count();
    }

    @Override
    public void close() {
        http.stop(0);
    }

    /** What becomes of a request. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int status;

        Refused(int status, String code) {
            super(code);
            this.status = status;
        }
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        int status = 200;
        String text;
        try {
            text = exchange.getRequestMethod().equals("POST") && body.startsWith("Action=")
                    ? iam(form(body), exchange)
                    : s3(exchange);
        } catch (Refused e) {
            status = e.status;
            text = "<ErrorResponse><Error><Type>Sender</Type><Code>" + e.getMessage()
                    + "</Code><Message>said by the server</Message></Error><RequestId>r</RequestId></ErrorResponse>";
            if (!body.startsWith("Action=")) {
                text = "<Error><Code>" + e.getMessage() + "</Code><Message>said by the server</Message></Error>";
            }
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static Map<String, String> form(String body) {
        Map<String, String> form = new HashMap<>();
        for (String field : body.split("&", -1)) {
            String[] parts = field.split("=", 2);
            form.put(
                    URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                    URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return form;
    }

    private void refuse(String action, HttpExchange exchange) {
        Refusal refusal = refusals.stream()
                .filter(r -> r.action().equals(action))
                .findFirst()
                .orElse(null);
        if (refusal != null) {
            refusals.remove(refusal);
            if (!refusal.retryAfter().isEmpty()) {
                exchange.getResponseHeaders().add("Retry-After", refusal.retryAfter());
            }
            throw new Refused(refusal.status(), refusal.code());
        }
    }

    private String s3(HttpExchange exchange) {
        String query = String.valueOf(exchange.getRequestURI().getRawQuery());
        String action = exchange.getRequestMethod().equals("PUT") && query.startsWith("policy")
                ? "PutBucketPolicy"
                : "ListObjectsV2";
        requests.add(action);
        refuse(action, exchange);
        String signed = exchange.getRequestHeaders().getFirst("Authorization");
        String id = signed.replaceAll(".*Credential=([^/]*)/.*", "$1");
        boolean known = users.values().stream().anyMatch(user -> user.keys.containsKey(id)) || id.equals("root");
        if (!known || unheard.contains(id)) {
            throw new Refused(403, "InvalidAccessKeyId");
        }
        return action.equals("PutBucketPolicy")
                ? ""
                : "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    }

    private String iam(Map<String, String> form, HttpExchange exchange) {
        String action = form.getOrDefault("Action", "");
        requests.add(action);
        forms.add(form);
        refuse(action, exchange);
        String name = form.getOrDefault("UserName", "");
        String result = switch (action) {
            case "CreateUser" -> {
                if (users.containsKey(name)) {
                    throw new Refused(409, "EntityAlreadyExists");
                }
                StoredUser user = put(name, paths ? form.getOrDefault("Path", "/") : "/");
                tag(user, form);
                yield user(name);
            }
            case "GetUser" -> {
                existing(name);
                yield user(name);
            }
            case "ListUsers" ->
                page(
                        "Users",
                        users.entrySet().stream()
                                .filter(user -> user.getValue().path.startsWith(form.getOrDefault("PathPrefix", "/")))
                                .map(Map.Entry::getKey)
                                .toList(),
                        form,
                        this::fields);
            case "DeleteUser" -> {
                if (!existing(name).hasNothing()) {
                    throw new Refused(409, "DeleteConflict");
                }
                users.remove(name);
                yield "";
            }
            case "TagUser" -> {
                if (!tags) {
                    throw new Refused(501, "NotImplemented");
                }
                tag(existing(name), form);
                yield "";
            }
            case "ListUserTags" -> {
                if (!tags) {
                    throw new Refused(501, "NotImplemented");
                }
                Map<String, String> kept = existing(name).tags;
                yield page(
                        "Tags",
                        List.copyOf(kept.keySet()),
                        form,
                        key -> "<Key>" + key + "</Key><Value>" + kept.get(key) + "</Value>");
            }
            case "CreateAccessKey" -> {
                StoredUser user = existing(name);
                if (user.keys.size() >= keysAtMost) {
                    throw new Refused(409, "LimitExceeded");
                }
                String id = "AKIA%012d".formatted(++made);
                user.keys.put(id, "Active");
                yield "<AccessKey><UserName>" + name + "</UserName><AccessKeyId>" + id
                        + "</AccessKeyId><Status>Active</Status><SecretAccessKey>" + secret(id)
                        + "</SecretAccessKey></AccessKey>";
            }
            case "ListAccessKeys" -> {
                Map<String, String> keys = existing(name).keys;
                yield page(
                        "AccessKeyMetadata",
                        List.copyOf(keys.keySet()),
                        form,
                        id -> "<AccessKeyId>" + id + "</AccessKeyId><Status>" + keys.get(id) + "</Status>");
            }
            case "UpdateAccessKey" -> {
                existing(name).keys.put(form.get("AccessKeyId"), form.get("Status"));
                yield "";
            }
            case "DeleteAccessKey" -> {
                if (existing(name).keys.remove(form.get("AccessKeyId")) == null) {
                    throw new Refused(404, "NoSuchEntity");
                }
                yield "";
            }
            case "ListUserPolicies" ->
                page("PolicyNames", List.copyOf(existing(name).documents), form, Function.identity());
            case "DeleteUserPolicy" -> {
                existing(name).documents.remove(form.get("PolicyName"));
                yield "";
            }
            case "ListAttachedUserPolicies" ->
                page(
                        "AttachedPolicies",
                        List.copyOf(existing(name).policies),
                        form,
                        arn -> "<PolicyArn>" + arn + "</PolicyArn>");
            case "DetachUserPolicy" -> {
                existing(name).policies.remove(form.get("PolicyArn"));
                yield "";
            }
            case "ListGroupsForUser" ->
                page(
                        "Groups",
                        List.copyOf(existing(name).groups),
                        form,
                        group -> "<GroupName>" + group + "</GroupName>");
            case "RemoveUserFromGroup" -> {
                existing(name).groups.remove(form.get("GroupName"));
                yield "";
            }
            default -> throw new Refused(400, "InvalidAction");
        };
        return "<" + action + "Response><" + action + "Result>" + result + "</" + action + "Result></" + action
                + "Response>";
    }

    static String secret(String id) {
        return "secret/of+the/key/" + id + "0123456789";
    }

    private StoredUser existing(String name) {
        StoredUser user = users.get(name);
        if (user == null) {
            throw new Refused(404, "NoSuchEntity");
        }
        return user;
    }

    private void tag(StoredUser user, Map<String, String> form) {
        if (tags && form.containsKey("Tags.member.1.Key")) {
            user.tags.put(form.get("Tags.member.1.Key"), form.get("Tags.member.1.Value"));
        }
    }

    private String user(String name) {
        return "<User>" + fields(name) + "</User>";
    }

    private String fields(String name) {
        String path = existing(name).path;
        return "<UserName>" + name + "</UserName><Path>" + path + "</Path><Arn>" + ACCOUNT + path + name + "</Arn>";
    }

    private static String page(
            String list, List<String> entries, Map<String, String> form, Function<String, String> entry) {
        int from = Integer.parseInt(form.getOrDefault("Marker", "0"));
        int to = Math.min(from + PAGE, entries.size());
        return "<" + list + ">"
                + entries.subList(from, to).stream()
                        .map(e -> "<member>" + entry.apply(e) + "</member>")
                        .collect(Collectors.joining())
                + "</" + list + "><IsTruncated>" + (to < entries.size()) + "</IsTruncated>"
                + (to < entries.size() ? "<Marker>" + to + "</Marker>" : "");
    }
}
