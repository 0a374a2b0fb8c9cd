package dev.bulkhead.operator.escape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(20)
class RawHttpTest {
    private static final String ODD = "GET /a/..\\%2e%2e/\0 HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";

    private static final Duration LIMIT = Duration.ofSeconds(5);

    @Test
    void bytes_arrive_as_they_are() throws Exception {
        assertThat(received("HTTP/1.1 204 No Content\r\n\r\n")).isEqualTo(ODD);
    }

    @Test
    void an_answer_in_chunks_is_put_together() throws Exception {
        RawAnswer answer =
                answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");

        assertThat(answer.body()).isEqualTo("abcde");
    }

    @Test
    void what_is_said_in_between_is_not_the_answer() throws Exception {
        RawAnswer answer =
                answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("gone");
    }

    private static final String WHOLE = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    @ParameterizedTest
    @MethodSource
    void requests_of_any_client_share_a_connection_as_long_as_the_server_lets_them(String said, int connections)
            throws Exception {
        try (AnsweringServer server = new AnsweringServer(said);
                RawHttp http = http(server.socket)) {
            for (int i = 0; i < 3; i++) {
                assertThat(http.ask(ODD.getBytes(StandardCharsets.ISO_8859_1), LIMIT)
                                .status())
                        .isEqualTo(200);
            }
            assertThat(server.connections).hasValue(connections);

            http.send(ODD.getBytes(StandardCharsets.ISO_8859_1), LIMIT);
            assertThat(server.connections).as("an attempt shares none").hasValue(connections + 1);
        }
    }

    static Stream<Arguments> requests_of_any_client_share_a_connection_as_long_as_the_server_lets_them() {
        String chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: trailer\r\n\r\n";
        return Stream.of(
                Arguments.of(WHOLE, 1),
                Arguments.of(chunks, 1),
                Arguments.of(WHOLE.replace("\r\n\r\n", "\r\nConnection: Close\r\n\r\n"), 3),
                Arguments.of(WHOLE.replace("HTTP/1.1", "HTTP/1.0"), 3),
                Arguments.of(WHOLE + WHOLE, 3));
    }

    @Test
    void a_shared_connection_that_the_server_closed_is_made_anew() throws Exception {
        try (AnsweringServer server = new AnsweringServer(WHOLE);
                RawHttp http = http(server.socket)) {
            server.once = true;
            for (int i = 0; i < 3; i++) {
                assertThat(http.ask(ODD.getBytes(StandardCharsets.ISO_8859_1), LIMIT)
                                .body())
                        .isEqualTo("ok");
            }
            assertThat(server.connections).hasValue(3);
        }
    }

    @Test
    void a_request_that_was_begun_to_be_answered_on_a_shared_connection_is_not_sent_again() throws Exception {
        try (AnsweringServer server = new AnsweringServer(WHOLE);
                RawHttp http = http(server.socket)) {
            http.ask(ODD.getBytes(StandardCharsets.ISO_8859_1), LIMIT);
            server.said = WHOLE.substring(0, WHOLE.length() - 1);
            server.once = true;

            assertThat(http.ask(ODD.getBytes(StandardCharsets.ISO_8859_1), LIMIT))
                    .isEqualTo(RawAnswer.none());

            assertThat(server.requests).hasValue(2);
        }
    }

    /** Says the same to every request, on as many connections as are made. */
    private static final class AnsweringServer implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger connections = new AtomicInteger();
        private final AtomicInteger requests = new AtomicInteger();
        private volatile String said;
        private volatile boolean once;

        AnsweringServer(String said) throws IOException {
            this.said = said;
            Thread.ofVirtual().start(this::accept);
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = socket.accept();
                    connections.incrementAndGet();
                    Thread.ofVirtual().start(() -> answer(client));
                }
            } catch (IOException e) {
                // The test is over.
            }
        }

        private void answer(Socket client) {
            try (client) {
                do {
                    if (client.getInputStream().readNBytes(ODD.length()).length < ODD.length()) {
                        return;
                    }
                    requests.incrementAndGet();
                    client.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
                } while (!once);
            } catch (IOException e) {
                // The other side has gone.
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void a_server_that_hangs_up_gave_no_answer() throws Exception {
        assertThat(answer("").status()).isZero();
    }

    @Test
    void a_server_that_sends_a_byte_now_and_then_is_given_up_in_time() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawHttp http = http(server)) {
            Thread drip = Thread.ofVirtual().start(() -> drip(server));

            RawAnswer answer = http.send(ODD.getBytes(StandardCharsets.ISO_8859_1), Duration.ofMillis(600));

            assertThat(answer.status()).isZero();
            drip.interrupt();
        }
    }

    @Test
    void a_server_that_is_not_there_is_no_answer_but_a_failure() throws Exception {
        URI nobody;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = uri(server);
        }
        try (RawHttp http = http(nobody)) {
            assertThatThrownBy(() -> http.send(new byte[] {'x'}, LIMIT))
                    .isInstanceOf(UnclearException.class)
                    .hasMessageContaining("cannot be connected to")
                    .hasMessageContaining(nobody.getAuthority());
        }
    }

    @ParameterizedTest
    @MethodSource("answersThatAreNone")
    void what_is_not_whole_or_larger_than_it_may_be_is_no_answer(String said) throws Exception {
        assertThat(answer(said)).isEqualTo(RawAnswer.none());
    }

    static Stream<String> answersThatAreNone() {
        String ok = "HTTP/1.1 200 OK\r\n";
        String chunked = ok + "transfer-encoding: chunked\r\n\r\n";
        return Stream.of(
                "HTTP/1.1 20",
                "HTTP/1.1 -20 OK\r\n\r\n",
                "SSH-2.0-x\r\n\r\n",
                ok + "content-length: 4\r\n\r\nabc",
                ok + "content-length: -1\r\n\r\n",
                ok + "content-length: 5000000\r\n\r\n" + "a".repeat(5_000_000),
                ok + "\r\n" + "a".repeat(5_000_000),
                ok + "x: " + "a".repeat(20_000) + "\r\n\r\n",
                ok + "x: y\r\n".repeat(200) + "\r\n",
                chunked + "3\r\nabc\r\n",
                chunked + "-3\r\nabc\r\n0\r\n\r\n",
                chunked + "7fffffff\r\nabc\r\n0\r\n\r\n",
                chunked + "3\r\nabcdef\r\n0\r\n\r\n",
                chunked + ("100000\r\n" + "a".repeat(0x100000) + "\r\n").repeat(5) + "0\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n".repeat(100_000) + ok + "\r\n");
    }

    private static void drip(ServerSocket server) {
        try (Socket socket = server.accept()) {
            while (true) {
                socket.getOutputStream().write('H');
                socket.getOutputStream().flush();
                Thread.sleep(50);
            }
        } catch (IOException | InterruptedException e) {
            // The other side has gone.
        }
    }

    private static RawAnswer answer(String said) throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawHttp http = http(server)) {
            Thread.ofVirtual().start(() -> serve(server, said, received));
            return http.send(ODD.getBytes(StandardCharsets.ISO_8859_1), LIMIT);
        }
    }

    private static String received(String said) throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawHttp http = http(server)) {
            Thread.ofVirtual().start(() -> serve(server, said, received));
            http.send(ODD.getBytes(StandardCharsets.ISO_8859_1), LIMIT);
            return received.get();
        }
    }

    private static void serve(ServerSocket server, String said, CompletableFuture<String> received) {
        try (Socket socket = server.accept()) {
            InputStream in = socket.getInputStream();
            received.complete(new String(in.readNBytes(ODD.length()), StandardCharsets.ISO_8859_1));
            OutputStream out = socket.getOutputStream();
            out.write(said.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            received.completeExceptionally(e);
        }
    }

    private static RawHttp http(ServerSocket server) {
        return http(uri(server));
    }

    private static RawHttp http(URI endpoint) {
        return new RawHttp(endpoint, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    private static URI uri(ServerSocket server) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }
}
