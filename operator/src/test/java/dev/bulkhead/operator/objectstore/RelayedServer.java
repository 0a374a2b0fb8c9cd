package dev.bulkhead.operator.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A running server behind ways that can be closed: what its being down is to its clients, without the time a start takes. */
final class RelayedServer implements StoreServer {
    private final StoreServer server;
    private final Way s3;
    private final Way admin;

    /** Opens the ways; the server goes on running when this is closed. */
    RelayedServer(StoreServer server) {
        this.server = server;
        this.s3 = new Way(server.endpoint());
        this.admin = new Way(server.connection().adminEndpoint());
    }

    @Override
    public void up() {
        ways().forEach(Way::open);
    }

    @Override
    public void down() {
        ways().forEach(Way::shut);
    }

    private Stream<Way> ways() {
        return List.of(s3, admin).stream();
    }

    @Override
    public URI endpoint() {
        return s3.from();
    }

    @Override
    public StoreConnection connection(String secret) {
        StoreConnection straight = server.connection(secret);
        return new StoreConnection(
                straight.store(),
                s3.from(),
                admin.from(),
                straight.region(),
                straight.accessKeyId(),
                straight.secretAccessKey(),
                straight.caCertificates(),
                straight.limits(),
                straight.filer(),
                straight.uid());
    }

    @Override
    public KeyAccounts accounts(StoreGate gate) {
        return server.accounts(gate);
    }

    @Override
    public String listing() {
        return server.listing();
    }

    @Override
    public String principal(String accessKeyId) {
        return server.principal(accessKeyId);
    }

    @Override
    public void promote(String accessKeyId, Rights rights) {
        server.promote(accessKeyId, rights);
    }

    @Override
    public void close() {
        down();
    }

    /** To one port of this machine from another. */
    private static final class Way {
        private final URI to;
        private final int port;
        private final Set<Socket> open = ConcurrentHashMap.newKeySet();
        private @Nullable ServerSocket door;

        Way(URI to) {
            this.to = to;
            try {
                this.port = VersityServer.freePorts(1).getFirst();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            open();
        }

        URI from() {
            return URI.create(to.getScheme() + "://" + to.getHost() + ":" + port);
        }

        void open() {
            try {
                ServerSocket opened = new ServerSocket();
                opened.setReuseAddress(true);
                opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                door = opened;
                Thread.ofVirtual().start(() -> welcome(opened));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void shut() {
            ServerSocket opened = door;
            if (opened != null) {
                end(opened);
            }
            open.forEach(Way::end);
            open.clear();
        }

        private void welcome(ServerSocket opened) {
            while (!opened.isClosed()) {
                try {
                    Socket client = opened.accept();
                    Socket behind = new Socket(to.getHost(), to.getPort());
                    open.addAll(List.of(client, behind));
                    if (opened.isClosed()) { // shut meanwhile, and perhaps before these were known
                        end(client);
                        end(behind);
                    }
                    Thread.ofVirtual().start(() -> carry(client, behind));
                    Thread.ofVirtual().start(() -> carry(behind, client));
                } catch (IOException e) {
                    // shut; or this client is lost
                }
            }
        }

        private static void carry(Socket from, Socket to) {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                // one of them hung up
            }
        }

        private static void end(AutoCloseable closed) {
            try {
                closed.close();
            } catch (Exception e) {
                // it was
            }
        }
    }
}
