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
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RawHttpTest {
    private static final String ODD = "GET /a/..\\%2e%2e/\0 HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";

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

    @Test
    void a_server_that_hangs_up_gave_no_answer() throws Exception {
        assertThat(answer("").status()).isZero();
    }

    @Test
    void a_server_that_sends_a_byte_now_and_then_is_given_up_in_time() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawHttp http = http(server, Duration.ofMillis(600))) {
            Thread drip = Thread.ofVirtual().start(() -> drip(server));
            long began = System.nanoTime();

            RawAnswer answer = http.send(ODD.getBytes(StandardCharsets.ISO_8859_1), false);

            assertThat(answer.status()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
            drip.interrupt();
        }
    }

    @Test
    void a_server_that_is_not_there_is_no_answer_but_a_failure() throws Exception {
        URI nobody;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = uri(server);
        }
        try (RawHttp http = http(nobody, Duration.ofSeconds(2))) {
            assertThatThrownBy(() -> http.send(new byte[] {'x'}, false)).isInstanceOf(IOException.class);
        }
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
                RawHttp http = http(server, Duration.ofSeconds(5))) {
            Thread.ofVirtual().start(() -> serve(server, said, received));
            return http.send(ODD.getBytes(StandardCharsets.ISO_8859_1), false);
        }
    }

    private static String received(String said) throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RawHttp http = http(server, Duration.ofSeconds(5))) {
            Thread.ofVirtual().start(() -> serve(server, said, received));
            http.send(ODD.getBytes(StandardCharsets.ISO_8859_1), false);
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

    private static RawHttp http(ServerSocket server, Duration limit) {
        return http(uri(server), limit);
    }

    private static RawHttp http(URI endpoint, Duration limit) {
        return new RawHttp(endpoint, (SSLSocketFactory) SSLSocketFactory.getDefault(), limit);
    }

    private static URI uri(ServerSocket server) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }
}
