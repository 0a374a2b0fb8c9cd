package dev.bulkhead.operator.probe.connection;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Says its word to whoever connects, by TCP and by UDP: so that nobody else's answer is taken for its own. */
final class Listener {
    /** Longest word; what comes from elsewhere is not read further. */
    static final int WORD = 64;

    private final byte[] word;

    Listener(String word) {
        this.word = word.getBytes(StandardCharsets.US_ASCII);
    }

    /** Does not return. */
    void listen() throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int port : Target.PORTS) {
            // Of both address families, where there are two.
            ServerSocket tcp = new ServerSocket(port);
            DatagramSocket udp = new DatagramSocket(new InetSocketAddress(port));
            threads.add(Thread.ofPlatform().start(() -> take(tcp)));
            threads.add(Thread.ofPlatform().start(() -> answer(udp)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void take(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getOutputStream().write(word);
            } catch (IOException e) {
                System.err.println("tcp: " + e.getMessage());
            }
        }
    }

    private void answer(DatagramSocket socket) {
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(new byte[WORD], WORD);
                socket.receive(packet);
                socket.send(new DatagramPacket(word, word.length, packet.getSocketAddress()));
            } catch (SocketException e) {
                System.err.println("udp: " + e.getMessage());
            } catch (IOException e) {
                System.err.println("udp, ended: " + e.getMessage());
                return;
            }
        }
    }
}
