package dev.bulkhead.operator.probe.connection;

import java.util.List;

/**
 * Something to connect to. Written {@code tcp/192.0.2.1/8080/word}, because addresses of version 6 hold colons.
 *
 * @param protocol transport
 * @param address IPv4 or IPv6, never a name: what resolves it is not what is tried here
 * @param port 1 to 65535
 * @param proof what counts as having reached it
 */
record Target(TargetProtocol protocol, String address, int port, ReachProof proof) {
    /**
     * Where listeners of the prober's own listen: an ordinary port, and the one of DNS, since rules about names must open
     * the way to the cluster's name servers only.
     */
    static final List<Integer> PORTS = List.of(8080, 53);

    /** Transport. */
    enum TargetProtocol {
        tcp,
        udp
    }

    /** What counts as having reached a target. */
    enum ReachProof {
        /** It says the word of this exchange: a listener of the prober's own. */
        word,
        /** A connection is made, whoever takes it. TCP only. */
        connection
    }

    /** A listener of the prober's own. */
    static Target listener(TargetProtocol protocol, String address, int port) {
        return new Target(protocol, address, port, ReachProof.word);
    }

    /** Somebody who listens at this address anyhow. */
    static Target server(String address, int port) {
        return new Target(TargetProtocol.tcp, address, port, ReachProof.connection);
    }

    /**
     * Reads its text.
     *
     * @throws IllegalArgumentException when it is none
     */
    static Target parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("'" + text + "' is not PROTOCOL/ADDRESS/PORT/PROOF");
        }
        return new Target(
                TargetProtocol.valueOf(parts[0]), parts[1], Integer.parseInt(parts[2]), ReachProof.valueOf(parts[3]));
    }

    /** For people: {@code 192.0.2.1:8080 (tcp)}. */
    String name() {
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port + " (" + protocol + ")";
    }

    @Override
    public String toString() {
        return protocol + "/" + address + "/" + port + "/" + proof;
    }
}
