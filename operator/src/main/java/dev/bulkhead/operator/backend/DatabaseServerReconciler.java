package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import dev.bulkhead.operator.database.DatabaseSweep;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.database.ServerProbe;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Conditions;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to database servers, says what they can do, and sweeps their tenants. */
@ControllerConfiguration(name = "databaseserver")
public final class DatabaseServerReconciler implements Reconciler<DatabaseServer> {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseServerReconciler.class);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final BackendRegistry backends;
    private final Inventory inventory;
    private final TenantLogins logins;
    private final Consumer<String> drifted;
    private final Sweeps sweeps;
    private final Duration sweepInterval;
    private final Clock clock;

    /**
     * Wired by hand.
     *
     * @param drifted told the name of every Tenant that a sweep found changed
     * @param sweeps told how long sweeps take
     */
    public DatabaseServerReconciler(
            BackendRegistry backends,
            Inventory inventory,
            TenantLogins logins,
            Consumer<String> drifted,
            Sweeps sweeps,
            Duration sweepInterval,
            Clock clock) {
        this.backends = backends;
        this.inventory = inventory;
        this.logins = logins;
        this.drifted = drifted;
        this.sweeps = sweeps;
        this.sweepInterval = sweepInterval;
        this.clock = clock;
    }

    @Override
    public UpdateControl<DatabaseServer> reconcile(DatabaseServer server, Context<DatabaseServer> context) {
        String name = server.getMetadata().getName();
        try {
            return switch (backends.open(server)) {
                case BackendRegistry.Opening.Failed<BackendRegistry.Database> failed ->
                    report(server, unreachable(server, failed.finding()), AGAIN);
                case BackendRegistry.Opening.Opened<BackendRegistry.Database> opened -> look(server, opened.backend());
            };
        } finally {
            backends.looked("DatabaseServer " + name);
        }
    }

    private UpdateControl<DatabaseServer> look(DatabaseServer server, BackendRegistry.Database database) {
        ServerProbe.Observation seen = database.probe().observe(server.getSpec().databases());
        if (!seen.outcome().done()) {
            return report(server, unreachable(server, seen.outcome().findings().getFirst()), AGAIN);
        }
        backends.can(server.getMetadata().getName(), seen.capabilities());
        Instant began = clock.instant();
        boolean done = sweep(server, database);
        sweeps.ended(Backend.postgresql, done, Duration.between(began, clock.instant()));
        looked(server, done);
        return report(
                server,
                new BackendStatus(
                        server.getMetadata().getGeneration(),
                        seen.version(),
                        seen.tenants(),
                        seen.load(),
                        seen.capabilities(),
                        conditions(server)
                                .set(
                                        ConditionType.Ready,
                                        Status.True,
                                        Reason.AsPlanned,
                                        "the server answers and is prepared")
                                .list()),
                sweepInterval);
    }

    /** Has the tenants told when nobody could look for too long, and when somebody could again. */
    private void looked(DatabaseServer server, boolean done) {
        String name = server.getMetadata().getName();
        if (backends.lookedAtServer(name, done, clock.instant())) {
            inventory.schemas(name).keySet().forEach(identity -> drifted.accept(inventory.tenant(identity)));
        }
    }

    /** Whether all of its databases could be looked at. */
    private boolean sweep(DatabaseServer server, BackendRegistry.Database database) {
        boolean done = true;
        String name = server.getMetadata().getName();
        Map<String, Map<TenantIdentity, SchemaPlan>> byDatabase = inventory.schemas(name).entrySet().stream()
                .collect(Collectors.groupingBy(
                        e -> e.getValue().database(), Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        for (Map.Entry<String, Map<TenantIdentity, SchemaPlan>> entry : byDatabase.entrySet()) {
            String place = entry.getKey();
            DatabaseSweep.Result result = database.sweep().sweep(place, entry.getValue(), logins::of);
            Outcome trouble = result.trouble();
            if (trouble != null) {
                done = false;
                LOG.atWarn()
                        .addKeyValue("databaseServer", name)
                        .addKeyValue("database", place)
                        .log(trouble.findings().getFirst().text());
            }
            result.drifted().forEach(identity -> {
                LOG.atInfo()
                        .addKeyValue("tenant", inventory.tenant(identity))
                        .addKeyValue("databaseServer", name)
                        .log("database drifted");
                drifted.accept(inventory.tenant(identity));
            });
        }
        return done;
    }

    /** What was known of the server stays; it is only not reachable now. */
    private BackendStatus unreachable(DatabaseServer server, Finding finding) {
        looked(server, false);
        BackendStatus before = server.getStatus();
        return new BackendStatus(
                server.getMetadata().getGeneration(),
                before == null ? null : before.version(),
                before == null ? null : before.tenants(),
                before == null ? List.of() : before.load(),
                before == null ? List.of() : before.capabilities(),
                conditions(server)
                        .set(ConditionType.Ready, Status.False, finding.reason(), finding.text())
                        .list());
    }

    private Conditions conditions(DatabaseServer server) {
        return new Conditions(
                server.getStatus() == null ? List.of() : server.getStatus().conditions(),
                clock.instant(),
                server.getMetadata().getGeneration());
    }

    private static UpdateControl<DatabaseServer> report(DatabaseServer server, BackendStatus status, Duration again) {
        if (Objects.equals(server.getStatus(), status)) {
            return UpdateControl.<DatabaseServer>noUpdate().rescheduleAfter(again);
        }
        DatabaseServer patch = new DatabaseServer();
        patch.setMetadata(
                new ObjectMetaBuilder().withName(server.getMetadata().getName()).build());
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch).rescheduleAfter(again);
    }
}
