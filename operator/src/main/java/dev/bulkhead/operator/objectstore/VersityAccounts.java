package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import software.amazon.awssdk.http.SdkHttpMethod;

/**
 * Accounts of a VersityGW, 1.8 and newer, through its admin API: PATCH requests with XML bodies, signed like S3 requests. There, an
 * account is an access key id with one secret and a role; role {@code user} owns nothing and may do nothing but what
 * bucket policies give it.
 */
final class VersityAccounts implements KeyAccounts {
    /** What no look at one bucket tells. docs/security-model.md says how the walls between buckets were passed. */
    static final Map<StoreFeature, StoreCapabilities.SeenFeature> GIVENS = Map.of(
            StoreFeature.KeepsBucketsApart,
            new StoreCapabilities.SeenFeature(
                    false,
                    "VersityGW 1.8 takes keys in a DeleteObjects body and upload ids for paths, '..' included (see"
                            + " docs/security-model.md)"),
            StoreFeature.RevokesKeys,
            new StoreCapabilities.SeenFeature(true, "keys are accounts that the operator makes and deletes"),
            StoreFeature.Quota,
            new StoreCapabilities.SeenFeature(false, "no bucket quota in this driver"));

    private static final String ROLE = "user";

    private final StoreConnection connection;
    private final StoreGate gate;
    private final SignedRequests requests;

    VersityAccounts(StoreConnection connection, StoreGate gate) {
        this.connection = connection;
        this.gate = gate;
        this.requests = new SignedRequests(connection);
    }

    @Override
    public Map<String, ObservedKey> list() {
        return gate.call(Verb.read, "ListUsers", () -> parse(send("ListUsers", "/list-users", "", new byte[0])));
    }

    @Override
    public void put(String accessKeyId, String secret) {
        try {
            write("CreateUser", "/create-user", "", account("Account", accessKeyId, secret));
        } catch (StoreException e) {
            if (e.failure() != StoreException.StoreFailure.Exists) {
                throw e;
            }
            update(accessKeyId, secret);
        }
    }

    @Override
    public void update(String accessKeyId, String secret) {
        write("UpdateUser", "/update-user", accessKeyId, account("MutableProps", null, secret));
    }

    @Override
    public void delete(String accessKeyId) {
        try {
            write("DeleteUser", "/delete-user", accessKeyId, new byte[0]);
        } catch (StoreException e) {
            if (e.failure() != StoreException.StoreFailure.Missing) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        requests.close();
    }

    private void write(String operation, String path, String accessKeyId, byte[] body) {
        gate.call(Verb.write, operation, () -> send(operation, path, accessKeyId, body));
    }

    private byte[] send(String operation, String path, String accessKeyId, byte[] body)
            throws IOException, InterruptedException {
        URI uri = URI.create(connection.adminEndpoint()
                + path
                + (accessKeyId.isEmpty() ? "" : "?access=" + URLEncoder.encode(accessKeyId, StandardCharsets.UTF_8)));
        return requests.send(operation, "s3", SdkHttpMethod.PATCH, uri, Map.of(), body);
    }

    /** Nothing to escape: ids are derived, and the operator makes secrets of base64url. */
    private static byte[] account(
            String element, @org.jspecify.annotations.Nullable String accessKeyId, String secret) {
        if (!secret.matches("[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException("a secret of base64url is expected");
        }
        String access = accessKeyId == null ? "" : "<Access>" + accessKeyId + "</Access>";
        return ("<" + element + ">" + access + "<Secret>" + secret + "</Secret><Role>" + ROLE + "</Role></" + element
                        + ">")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, ObservedKey> parse(byte[] xml) throws IOException {
        Map<String, ObservedKey> accounts = new HashMap<>();
        Map<String, String> fields = new HashMap<>();
        try {
            XMLStreamReader reader = SignedRequests.reader(xml);
            StringBuilder text = new StringBuilder();
            while (reader.hasNext()) {
                switch (reader.next()) {
                    case XMLStreamConstants.START_ELEMENT -> text.setLength(0);
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(reader.getText());
                    case XMLStreamConstants.END_ELEMENT -> {
                        if (reader.getLocalName().equals("Accounts")) {
                            accounts.put(fields.getOrDefault("Access", ""), key(fields));
                            fields.clear();
                        } else {
                            fields.put(reader.getLocalName(), text.toString());
                        }
                        text.setLength(0);
                    }
                    default -> {}
                }
            }
        } catch (XMLStreamException e) {
            // Without its cause: the document is full of secrets.
            throw new StoreException(StoreException.StoreFailure.Rejected, "ListUsers", "the answer cannot be read");
        }
        return accounts;
    }

    private static ObservedKey key(Map<String, String> fields) {
        String secret = fields.getOrDefault("Secret", "");
        return new ObservedKey(ROLE.equals(fields.get("Role")), secret.isEmpty() ? null : SecretDigest.of(secret));
    }
}
