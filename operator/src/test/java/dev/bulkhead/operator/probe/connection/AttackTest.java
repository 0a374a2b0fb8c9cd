package dev.bulkhead.operator.probe.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.probe.connection.PodReport.PodLine;
import dev.bulkhead.operator.probe.connection.Target.TargetProtocol;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against sockets of this machine. What a network policy does to packets is tested on a node. */
class AttackTest {
    private static final String WORD = "word-of-this-exchange";
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @Test
    void a_listener_that_says_the_word_has_answered() throws IOException, InterruptedException {
        try (ServerSocket server = listening(WORD)) {
            assertThat(attack(tcp(server)).outcome()).isEqualTo(ConnectionOutcome.Answered);
        }
    }

    @Test
    void somebody_who_takes_the_connection_and_says_something_else_is_not_taken_for_it()
            throws IOException, InterruptedException {
        try (ServerSocket server = listening("another word")) {
            assertThat(attack(tcp(server)).outcome()).isEqualTo(ConnectionOutcome.Accepted);
        }
    }

    @Test
    void of_a_server_that_is_there_anyhow_a_connection_is_enough() throws IOException, InterruptedException {
        try (ServerSocket server = listening("")) {
            assertThat(attack(Target.server(LOOPBACK.getHostAddress(), server.getLocalPort()))
                            .outcome())
                    .isEqualTo(ConnectionOutcome.Answered);
        }
    }

    @Test
    void a_port_that_nobody_listens_on_refuses_by_tcp_and_by_udp() throws IOException, InterruptedException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            port = server.getLocalPort();
        }

        assertThat(attack(listener(TargetProtocol.tcp, port)).outcome()).isEqualTo(ConnectionOutcome.Refused);
        assertThat(attack(listener(TargetProtocol.udp, port)).outcome()).isEqualTo(ConnectionOutcome.Refused);
    }

    @Test
    void a_datagram_that_nobody_answers_times_out_and_is_sent_again() throws IOException, InterruptedException {
        try (DatagramSocket silent = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            PodLine line = attack(listener(TargetProtocol.udp, silent.getLocalPort()));

            assertThat(line.outcome()).isEqualTo(ConnectionOutcome.TimedOut);
            assertThat(line.tries()).isGreaterThan(1);
        }
    }

    @Test
    void a_datagram_that_is_answered_with_the_word_has_arrived() throws IOException, InterruptedException {
        try (DatagramSocket echo = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            Thread answering = Thread.ofVirtual().start(() -> answerOnce(echo));

            assertThat(attack(listener(TargetProtocol.udp, echo.getLocalPort())).outcome())
                    .isEqualTo(ConnectionOutcome.Answered);
            answering.join();
        }
    }

    @Test
    void a_way_that_opens_for_a_moment_is_found_and_said_when() throws IOException, InterruptedException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            port = server.getLocalPort();
        }
        Thread opening = Thread.ofPlatform().start(() -> openLater(port));

        PodLine line = attack(listener(TargetProtocol.tcp, port));

        opening.join();
        assertThat(line.outcome()).isEqualTo(ConnectionOutcome.Answered);
        assertThat(line.millis()).isGreaterThan(200);
        assertThat(line.tries()).isGreaterThan(1);
    }

    @Test
    void it_goes_on_until_its_controls_have_answered_though_its_time_is_over()
            throws IOException, InterruptedException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            port = server.getLocalPort();
        }
        Target late = listener(TargetProtocol.tcp, port);
        Thread opening = Thread.ofPlatform().start(() -> openLater(port));

        PodReport report = new Attack(WORD, Duration.ofMillis(50), Instant.now())
                .on(List.of(late), List.of(listener(TargetProtocol.udp, port)));

        opening.join();
        assertThat(report.lines().get(late))
                .satisfies(line -> assertThat(line.outcome()).isEqualTo(ConnectionOutcome.Answered));
    }

    private static PodLine attack(Target target) throws InterruptedException {
        PodReport report = new Attack(WORD, Duration.ofMillis(900), Instant.now()).on(List.of(), List.of(target));
        assertThat(report.lines()).containsOnlyKeys(target);
        return report.lines().values().iterator().next();
    }

    private static Target tcp(ServerSocket server) {
        return listener(TargetProtocol.tcp, server.getLocalPort());
    }

    private static Target listener(TargetProtocol protocol, int port) {
        return Target.listener(protocol, LOOPBACK.getHostAddress(), port);
    }

    private static ServerSocket listening(String word) throws IOException {
        ServerSocket server = new ServerSocket(0, 1, LOOPBACK);
        Thread.ofVirtual().start(() -> serve(server, word));
        return server;
    }

    private static void serve(ServerSocket server, String word) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException _) {
                return;
            }
        }
    }

    private static void openLater(int port) {
        try {
            Thread.sleep(300);
            try (ServerSocket server = new ServerSocket(port, 1, LOOPBACK);
                    Socket socket = server.accept()) {
                socket.getOutputStream().write(WORD.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void answerOnce(DatagramSocket socket) {
        try {
            DatagramPacket packet = new DatagramPacket(new byte[64], 64);
            socket.receive(packet);
            socket.send(new DatagramPacket(packet.getData(), packet.getLength(), packet.getSocketAddress()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
