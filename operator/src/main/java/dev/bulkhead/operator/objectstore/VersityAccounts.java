package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.tls.TrustedCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Accounts of a VersityGW through its admin API: PATCH requests with XML bodies, signed like S3 requests. There, an
 * account is an access key id with one secret and a role; role {@code user} owns nothing and may do nothing but what
 * bucket policies give it.
 */
final class VersityAccounts implements AutoCloseable {
    private static final String ROLE = "user";

    /** Bytes; a list of 100,000 accounts has a third of it. */
    private static final int LONGEST_ANSWER = 64 << 20;

    private static final Set<String> SET_BY_CLIENT = Set.of("host", "content-length");

    private final StoreConnection connection;
    private final StoreGate gate;
    private final HttpClient http;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    VersityAccounts(StoreConnection connection, StoreGate gate) {
        this.connection = connection;
        this.gate = gate;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connection.limits().connect());
        TrustedCertificates trusted = connection.trust();
        if (trusted != null) {
            builder.sslContext(trusted.context());
        }
        this.http = builder.build();
    }

    /** All accounts but the operator's own root account, by access key id. */
    Map<String, ObservedKey> list() {
        return gate.call(Verb.read, "ListUsers", () -> parse(send("ListUsers", "/list-users", "", new byte[0])));
    }

    /** Makes the account, or gives an existing one this secret and the role of a tenant. */
    void put(String accessKeyId, String secret) {
        try {
            write("CreateUser", "/create-user", "", account("Account", accessKeyId, secret));
        } catch (StoreException e) {
            if (e.failure() != StoreException.StoreFailure.Exists) {
                throw e;
            }
            update(accessKeyId, secret);
        }
    }

    /** Gives an account this secret and the role of a tenant. */
    void update(String accessKeyId, String secret) {
        write("UpdateUser", "/update-user", accessKeyId, account("MutableProps", null, secret));
    }

    /** Removes the account; one that is not there is not an error. */
    void delete(String accessKeyId) {
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
        http.shutdownNow();
    }

    private void write(String operation, String path, String accessKeyId, byte[] body) {
        gate.call(Verb.write, operation, () -> send(operation, path, accessKeyId, body));
    }

    private byte[] send(String operation, String path, String accessKeyId, byte[] body)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                http.send(signed(path, accessKeyId, body), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream answer = response.body()) {
            byte[] content = answer.readNBytes(LONGEST_ANSWER);
            if (response.statusCode() / 100 != 2) {
                throw StoreException.answered(operation, response.statusCode(), errorCode(content));
            }
            return content;
        }
    }

    private HttpRequest signed(String path, String accessKeyId, byte[] body) {
        URI uri = URI.create(connection.adminEndpoint()
                + path
                + (accessKeyId.isEmpty() ? "" : "?access=" + URLEncoder.encode(accessKeyId, StandardCharsets.UTF_8)));
        SdkHttpRequest unsigned =
                SdkHttpRequest.builder().method(SdkHttpMethod.PATCH).uri(uri).build();
        SdkHttpRequest signed = signer.sign(r -> r.identity(
                                AwsCredentialsIdentity.create(connection.accessKeyId(), connection.secretAccessKey()))
                        .request(unsigned)
                        .payload(ContentStreamProvider.fromByteArray(body))
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, connection.region()))
                .request();
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(connection.limits().call())
                .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(body));
        signed.forEachHeader((name, values) -> {
            if (!SET_BY_CLIENT.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return request.build();
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
            XMLStreamReader reader = reader(xml);
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

    private static String errorCode(byte[] xml) {
        try {
            XMLStreamReader reader = reader(xml);
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamConstants.START_ELEMENT
                        && reader.getLocalName().equals("Code")) {
                    String code = reader.getElementText();
                    return code.matches("[A-Za-z0-9]{1,64}") ? code : "";
                }
            }
        } catch (XMLStreamException e) {
            return ""; // not every error comes from VersityGW itself; the status says enough
        }
        return "";
    }

    private static XMLStreamReader reader(byte[] xml) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        return factory.createXMLStreamReader(new ByteArrayInputStream(xml));
    }
}
