package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InternalEndpointsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 301, 400, 404, 500})
    void who_answers_anybody_is_open(int status) throws IOException {
        HttpServer server = answering(HttpServer.create(loopback(), 0), status);
        try {
            assertThat(look(server.getAddress().getPort()).available()).isFalse();
            assertThat(asked("127.0.0.1:" + server.getAddress().getPort()).open())
                    .isTrue();
            assertThat(look(server.getAddress().getPort()).message())
                    .contains("127.0.0.1:" + server.getAddress().getPort(), "HTTP " + status, "in plain words");
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void who_refuses_anybody_without_credentials_is_closed(int status) throws IOException {
        HttpServer server = answering(HttpServer.create(loopback(), 0), status);
        try {
            assertThat(look(server.getAddress().getPort()).available()).isTrue();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void over_tls_it_counts_whether_a_certificate_is_asked_for() throws Exception {
        HttpServer open = answering(encrypted(false), 200);
        HttpServer closed = answering(encrypted(true), 200);
        try {
            assertThat(look(open.getAddress().getPort()).message()).contains("HTTP 200, over TLS");
            assertThat(look(closed.getAddress().getPort()).available()).isTrue();
        } finally {
            open.stop(0);
            closed.stop(0);
        }
    }

    @Test
    void what_is_not_there_is_closed_and_so_is_what_says_nothing() throws IOException {
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            assertThat(look(nobody, mute.getLocalPort()).available()).isTrue();
            assertThat(look(nobody, mute.getLocalPort()).message())
                    .isEqualTo("refused, or silent: 127.0.0.1:" + mute.getLocalPort() + "; not reached: 127.0.0.1:"
                            + nobody);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no.such.host.invalid:80", "127.0.0.1:99999"})
    void what_has_no_address_was_not_asked_and_is_neither_closed_nor_open(String endpoint) {
        InternalEndpoints.EndpointsLook look = asked(endpoint);

        assertThat(look.open()).isFalse();
        assertThat(look.seen().available()).isFalse();
        assertThat(look.seen().message()).isEqualTo("has no address: " + endpoint);
    }

    @Test
    void another_protocol_that_begins_to_talk_is_open() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> greet(server));

            assertThat(look(server.getLocalPort()).message()).contains("something that is not HTTP/1");
        }
    }

    @Test
    void one_that_is_open_among_others_is_named() throws IOException {
        HttpServer open = answering(HttpServer.create(loopback(), 0), 200);
        HttpServer closed = answering(HttpServer.create(loopback(), 0), 401);
        try {
            assertThat(look(closed.getAddress().getPort(), open.getAddress().getPort())
                            .message())
                    .startsWith("answers without credentials: 127.0.0.1:"
                            + open.getAddress().getPort() + " (")
                    .contains("; refused, or silent: 127.0.0.1:"
                            + closed.getAddress().getPort() + ".");
        } finally {
            open.stop(0);
            closed.stop(0);
        }
    }

    private static StoreCapabilities.SeenFeature look(int... ports) {
        return asked(Arrays.stream(ports).mapToObj(port -> "127.0.0.1:" + port).toArray(String[]::new))
                .seen();
    }

    private static InternalEndpoints.EndpointsLook asked(String... endpoints) {
        return new InternalEndpoints(List.of(endpoints), Duration.ofMillis(400)).look();
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static HttpServer answering(HttpServer server, int status) {
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private HttpsServer encrypted(boolean certificateAskedFor) throws Exception {
        TestCertificate.in(folder);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("server.p12"))) {
            keys.load(in, "changeit".toCharArray());
        }
        Files.delete(folder.resolve("server.p12"));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(loopback(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = context.getDefaultSSLParameters();
                wanted.setNeedClientAuth(certificateAskedFor);
                parameters.setSSLParameters(wanted);
            }
        });
        return server;
    }

    private static void greet(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                client.getOutputStream().write("220 ready\r\n".getBytes(StandardCharsets.US_ASCII));
                client.getOutputStream().flush();
                client.getInputStream().readAllBytes();
            } catch (IOException e) {
                // The other side, or the test, has gone.
            }
        }
    }
}
