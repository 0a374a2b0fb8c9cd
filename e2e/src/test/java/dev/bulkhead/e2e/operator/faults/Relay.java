package dev.bulkhead.e2e.operator.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server of the stack that can be cut, for all who go through it and for nobody else. */
final class Relay implements AutoCloseable {
    private final ServerSocket door;
    private final int server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    /** Leads to a port of this machine. */
    Relay(int server) {
        this.server = server;
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::welcome);
    }

    int port() {
        return door.getLocalPort();
    }

    /** Ends every connection, and takes none: the server is down. */
    void cut() {
        cut = true;
        open.forEach(Relay::end);
    }

    /** The server is back. */
    void mend() {
        cut = false;
    }

    private void welcome() {
        while (!door.isClosed()) {
            try {
                Socket guest = door.accept();
                if (cut) {
                    end(guest);
                    continue;
                }
                Socket host = new Socket(InetAddress.getLoopbackAddress(), server);
                open.add(guest);
                open.add(host);
                Thread.ofVirtual().start(() -> pass(guest, host));
                Thread.ofVirtual().start(() -> pass(host, guest));
            } catch (IOException _) {
                // The guest went away, or the door was closed.
            }
        }
    }

    private void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException _) {
            // One of the two has gone; so does the other.
        } finally {
            end(from);
            end(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It is gone, which is what was wanted.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        cut();
    }
}
