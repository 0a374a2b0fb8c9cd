package dev.bulkhead.operator;

import dev.bulkhead.operator.health.ClusterTrust;
import dev.bulkhead.operator.health.SetClock;
import dev.bulkhead.operator.secret.MasterKeysUnusableException;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.Config;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;

/** A subcommand that runs until it is told to stop, and begins anew where what it holds of the cluster is of no use any more. */
abstract class ServiceCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceCommand.class);

    private final String name;

    @Mixin
    private ConfigOption config = new ConfigOption();

    /**
     * What a process does between two beginnings.
     *
     * @param start returns when it works
     * @param healthy whether it still does
     * @param ready whether others may count on it
     * @param end closes all of it, its client last
     */
    record Life(Runnable start, BooleanSupplier healthy, BooleanSupplier ready, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }

    /** Makes the work, with a client of its own. */
    interface Beginning {
        /**
         * One life of the process.
         *
         * @param anew has all of it closed, and begun anew
         */
        Life begin(Runnable anew) throws MasterKeysUnusableException, IOException;
    }

    /**
     * Runs nothing yet.
     *
     * @param name of the process, for people
     */
    ServiceCommand(String name) {
        this.name = name;
    }

    /** Sets up what outlives a new beginning: metrics. */
    abstract Beginning prepare(OperatorSettings settings, PrometheusMeterRegistry registry);

    @Override
    public Integer call() throws InterruptedException {
        try {
            run(config.read());
            return 0;
        } catch (OperatorSettings.UnusableSettingsException | MasterKeysUnusableException | IOException e) {
            LOG.atError().log(e.getMessage());
            return 1;
        }
    }

    private void run(OperatorSettings settings) throws MasterKeysUnusableException, IOException, InterruptedException {
        Logging.configure(settings.log());
        PrometheusMeterRegistry registry = Service.registry();
        Beginning beginning = prepare(settings, registry);
        AtomicReference<@Nullable Life> current = new AtomicReference<>();
        try (Service service = new Service(name)) {
            service.listen(
                    settings,
                    registry,
                    () -> of(current).map(life -> life.healthy().getAsBoolean()).orElse(true),
                    () -> of(current).map(life -> life.ready().getAsBoolean()).orElse(false));
            boolean anew = true;
            while (anew) {
                // Before there is a client: what is exchanged while one is made is seen.
                ClusterTrust trust = ClusterTrust.of(Config.autoConfigure(null));
                SetClock clock = SetClock.fromNow();
                try (Life life = beginning.begin(service::anew)) {
                    current.set(life);
                    life.start().run();
                    anew = service.run(settings.operatorNamespace(), trust, clock);
                } finally {
                    current.set(null);
                }
            }
        }
    }

    private static Optional<Life> of(AtomicReference<@Nullable Life> current) {
        return Optional.ofNullable(current.get());
    }
}
