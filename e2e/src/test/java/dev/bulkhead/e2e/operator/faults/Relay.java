package dev.bulkhead.e2e.operator.faults;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server of the stack that can be cut, for all who go through it and for nobody else. */
final class Relay implements AutoCloseable {
    private final int port;
    private final int server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private ServerSocket door;

    /** Leads to a port of this machine. */
    Relay(int server) {
        this.server = server;
        this.door = door(0);
        this.port = door.getLocalPort();
    }

    int port() {
        return port;
    }

    /** Ends every connection, and nobody listens any more: the server is down. */
    void cut() {
        end(door);
        open.forEach(Relay::end);
    }

    /** The server is back. */
    void mend() {
        door = door(port);
    }

    private ServerSocket door(int at) {
        try {
            ServerSocket opened = new ServerSocket(at, 50, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(() -> welcome(opened));
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void welcome(ServerSocket at) {
        while (!at.isClosed()) {
            try {
                Socket guest = at.accept();
                Socket host = new Socket(InetAddress.getLoopbackAddress(), server);
                open.add(guest);
                open.add(host);
                if (at.isClosed()) { // cut in between
                    end(guest);
                    end(host);
                }
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

    private static void end(Closeable socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It is gone, which is what was wanted.
        }
    }

    @Override
    public void close() {
        cut();
    }
}
