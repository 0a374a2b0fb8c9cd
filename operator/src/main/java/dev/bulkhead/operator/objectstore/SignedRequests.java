package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.tls.TrustedCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
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

/** What a server takes beside S3, signed as S3 requests are, with the operator's key. Answers are XML, errors with a code. */
final class SignedRequests implements AutoCloseable {
    /** Bytes; a list of 100,000 accounts has a third of it. */
    private static final int LONGEST_ANSWER = 64 << 20;

    private static final Set<String> SET_BY_CLIENT = Set.of("host", "content-length");

    private final StoreConnection connection;
    private final HttpClient http;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    SignedRequests(StoreConnection connection) {
        this.connection = connection;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connection.limits().connect());
        TrustedCertificates trusted = connection.trust();
        if (trusted != null) {
            builder.sslContext(trusted.context());
        }
        this.http = builder.build();
    }

    /**
     * Sends one request.
     *
     * @param operation its name, for what is said when it fails
     * @param service to sign for, such as {@code s3}
     * @param headers to send and sign
     * @return the answer's body
     * @throws StoreException when the answer is no success
     */
    byte[] send(
            String operation, String service, SdkHttpMethod method, URI uri, Map<String, String> headers, byte[] body)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                http.send(signed(service, method, uri, headers, body), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream answer = response.body()) {
            byte[] content = answer.readNBytes(LONGEST_ANSWER);
            if (response.statusCode() / 100 != 2) {
                throw StoreException.answered(operation, response.statusCode(), errorCode(content));
            }
            return content;
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpRequest signed(
            String service, SdkHttpMethod method, URI uri, Map<String, String> headers, byte[] body) {
        SdkHttpRequest.Builder unsigned =
                SdkHttpRequest.builder().method(method).uri(uri);
        headers.forEach(unsigned::putHeader);
        SdkHttpRequest signed = signer.sign(r -> r.identity(
                                AwsCredentialsIdentity.create(connection.accessKeyId(), connection.secretAccessKey()))
                        .request(unsigned.build())
                        .payload(ContentStreamProvider.fromByteArray(body))
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, connection.region()))
                .request();
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(connection.limits().call())
                .method(method.name(), HttpRequest.BodyPublishers.ofByteArray(body));
        signed.forEachHeader((name, values) -> {
            if (!SET_BY_CLIENT.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return request.build();
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
            return ""; // not every error comes from the server itself; the status says enough
        }
        return "";
    }

    /** A reader that follows nothing a document points to. */
    static XMLStreamReader reader(byte[] xml) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        return factory.createXMLStreamReader(new ByteArrayInputStream(xml));
    }
}
