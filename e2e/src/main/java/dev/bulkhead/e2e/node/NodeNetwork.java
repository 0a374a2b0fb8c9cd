package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.stack.ListenAddress;
import dev.bulkhead.e2e.stack.StackException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;

/**
 * The cable between this machine and its node: a range of four IPv4 addresses, one for each end. The servers of the stack
 * listen at this machine's end. Nothing is routed beyond it.
 *
 * @param machine this machine's end
 * @param node the node's end
 * @param range both, as CIDR
 */
public record NodeNetwork(String machine, String node, String range) {
    /** Addresses of pods; the node knows no other way to them than its own. */
    public static final String PODS = "10.244.0.0/16";

    private static final int ATTEMPTS = 100;

    /** One of the ranges for tests of network devices (RFC 2544), which no real network uses, and no interface here. */
    static NodeNetwork choose(RandomGenerator random) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String start = "198." + random.nextInt(18, 20) + "." + random.nextInt(256) + ".";
            int first = random.nextInt(64) * 4;
            NodeNetwork network = new NodeNetwork(start + (first + 1), start + (first + 2), start + first + "/30");
            if (isFree(network.machine)) {
                return network;
            }
        }
        throw new StackException("no free range of addresses in 198.18.0.0/15");
    }

    /** Where the stack's servers listen, so that node and pods reach them. */
    public ListenAddress servers() {
        return new ListenAddress(machine, range);
    }

    private static boolean isFree(String address) {
        try {
            return NetworkInterface.getByInetAddress(InetAddress.getByName(address)) == null;
        } catch (SocketException | UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }
}
