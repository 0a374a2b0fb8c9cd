package dev.bulkhead.e2e.stack;

import java.security.SecureRandom;
import java.util.function.Consumer;

/** A control plane that knows nothing, before the PostgreSQL and the S3 of a stack: what there is when a cluster is lost. */
public final class NewCluster {
    private NewCluster() {}

    /** Starts one; close it. The servers go on without it. */
    public static TemporaryStack before(StackEndpoints servers) {
        return before(servers, _ -> {});
    }

    static TemporaryStack before(StackEndpoints servers, Consumer<ControlPlane> started) {
        return TemporaryStack.start((state, clock, progress) -> {
            new LocalStack(state, clock, progress).claim();
            SecureRandom random = new SecureRandom();
            ControlPlane controlPlane = new ControlPlane(
                    state,
                    StackPorts.choose(random),
                    ListenAddress.LOOPBACK,
                    Pki.prepare(state.directory("pki"), clock, random, ListenAddress.LOOPBACK),
                    new Binaries(System.getenv(), progress).provide(),
                    new ProcessSupervisor(state));
            controlPlane.start(progress);
            started.accept(controlPlane);
            return new StackEndpoints(controlPlane.endpoints(), servers.postgres(), servers.objectStore());
        });
    }
}
