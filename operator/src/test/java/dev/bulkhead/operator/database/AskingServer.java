package dev.bulkhead.operator.database;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A server that asks everybody for a password as it likes, and notes what is sent to it then. */
final class AskingServer implements AutoCloseable {
    /** How a server can ask: the code of its message, and what comes with it. */
    @SuppressWarnings("ImmutableEnumChecker") // the arrays are never handed out
    enum Asks {
        IN_CLEAR(3),
        BY_MD5(5, 1, 2, 3, 4);

        private final int code;
        private final int[] salt;

        Asks(int code, int... salt) {
            this.code = code;
            this.salt = salt;
        }
    }

    private final Asks asks;
    private final ServerSocket listener;
    private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();

    AskingServer(Asks asks) throws IOException {
        this.asks = asks;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The kind of message that each client sent after it was asked; -1 for those that went away. */
    Queue<Integer> answers() {
        return answers;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept();
                    DataInputStream in = new DataInputStream(client.getInputStream());
                    DataOutputStream out = new DataOutputStream(client.getOutputStream())) {
                in.readFully(new byte[in.readInt() - 4]);
                out.writeByte('R');
                out.writeInt(8 + asks.salt.length);
                out.writeInt(asks.code);
                for (int part : asks.salt) {
                    out.writeByte(part);
                }
                out.flush();
                answers.add(in.read());
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
