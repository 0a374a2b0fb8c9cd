package dev.bulkhead.operator.objectstore;

import java.net.URI;

/** A server that goes on running, for who speaks the IAM API to it: that is answered on the port of S3. */
record IamSide(SeaweedServer server) implements StoreServer {
    @Override
    public void up() {
        server.up();
    }

    @Override
    public void down() {
        server.down();
    }

    @Override
    public URI endpoint() {
        return server.endpoint();
    }

    @Override
    public StoreConnection connection(String secret) {
        StoreConnection c = server.connection(secret);
        return new StoreConnection(
                c.store(),
                c.endpoint(),
                c.endpoint(),
                c.region(),
                c.accessKeyId(),
                c.secretAccessKey(),
                c.caCertificates(),
                c.limits());
    }

    @Override
    public KeyAccounts accounts(StoreGate gate) {
        return server.accounts(gate);
    }

    @Override
    public String listing() {
        return "ListUsers";
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
    public void close() {}
}
