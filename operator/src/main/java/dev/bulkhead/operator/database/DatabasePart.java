package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.DatabaseServerSpec;
import dev.bulkhead.api.v1beta1.ReachableAs;
import dev.bulkhead.api.v1beta1.SecretRef;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import dev.bulkhead.operator.backend.Backends;
import dev.bulkhead.operator.backend.Occupant;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.BackendVerdicts;
import dev.bulkhead.operator.part.ControlVerdict;
import dev.bulkhead.operator.part.Delivering;
import dev.bulkhead.operator.part.Made;
import dev.bulkhead.operator.part.Part;
import dev.bulkhead.operator.part.PlanText;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.Tools;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.secret.PlannedSecret;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A tenant's schema, roles and grants on a PostgreSQL server, and the Secret with the way there. */
public final class DatabasePart implements Part<DatabasePart.Plan>, Delivering {
    private final Backends<SchemaPlan> servers;

    /** On these servers. */
    public DatabasePart(Backends<SchemaPlan> servers) {
        this.servers = servers;
    }

    /**
     * The schema, and where.
     *
     * @param login that is delivered
     */
    public record Plan(Occupant who, SchemaPlan schema, String login) {}

    /** A server that a Tenant fits on, for plans that are only read. */
    public static DatabaseServer madeUp(Tenant tenant) {
        DatabaseServer server = new DatabaseServer();
        TenantSpec spec = tenant.getSpec();
        server.getMetadata().setName(Objects.requireNonNullElse(spec.database().server(), "any-server"));
        server.setSpec(new DatabaseServerSpec(
                spec.environment(),
                tenant.getMetadata().getName(),
                "postgresql.example",
                5432,
                List.of("tenants"),
                new SecretRef("any"),
                DatabaseServerSpec.TlsMode.VerifyFull,
                null,
                new ReachableAs(List.of("192.0.2.5/32"), null, Map.of(), 5432),
                spec.database().extensions(),
                250,
                null));
        return server;
    }

    @Override
    public PartId id() {
        return PartId.database;
    }

    @Override
    public Plan plan(ValidTenant tenant, Prepared state) {
        return new Plan(
                new Occupant(tenant.name(), tenant.identity(), tenant.database().server()),
                made(
                        DatabasePlanner.plan(
                                tenant.identity(),
                                tenant.database(),
                                state.slots().of(id()).live(),
                                tenant.suspended()),
                        state),
                login(tenant, state));
    }

    private SchemaPlan made(SchemaPlan plan, Prepared state) {
        return state.made().contains(id()) ? plan.asMade() : plan;
    }

    private String login(ValidTenant tenant, Prepared state) {
        return SchemaPlan.RoleKind.login(state.slots().of(id()).current()).of(tenant.identity());
    }

    @Override
    public String secretName() {
        return DatabaseSecret.NAME;
    }

    @Override
    public List<PlannedSecret> secrets(ValidTenant tenant, Prepared state) {
        return DatabaseSecret.plan(tenant, state.slots().of(id()).current(), login(tenant, state));
    }

    @Override
    public List<Outcome> revoke(Plan plan, Work work) {
        return plan.schema().closed() ? List.of(servers.shut(plan.who(), plan.schema())) : List.of();
    }

    @Override
    public List<Outcome> apply(Plan plan, Work work) {
        return plan.schema().closed() ? List.of() : List.of(servers.apply(plan.who(), plan.schema(), work.ring()));
    }

    /** A closed schema has no login in use. */
    @Override
    public Optional<Home> home(Plan plan) {
        SchemaPlan schema = plan.schema();
        return Optional.of(new Home(
                new Place(plan.who().backend(), schema.database()),
                schema.schema(),
                schema.closed() ? null : plan.login()));
    }

    @Override
    public List<Outcome> close(TenantIdentity identity, Placement placement, Tools tools) {
        return placement.of(id()).map(place -> servers.close(identity, place)).stream()
                .toList();
    }

    @Override
    public List<ControlVerdict> verdicts(ValidTenant tenant, Prepared state, Made made) {
        BackendVerdicts server = server(tenant, state);
        return List.of(
                server.apart(Control.TI_DB, made),
                server.encrypted(tenant.database().tls()),
                ControlVerdict.without(
                        Control.TI_REST,
                        Enforcement.NotEnforceable,
                        server.where()
                                + ": whether its disks are encrypted cannot be seen from here; whoever runs it has to"
                                + " declare it"),
                server.serves(tenant.spec().environment(), made));
    }

    private BackendVerdicts server(ValidTenant tenant, Prepared state) {
        return new BackendVerdicts("DatabaseServer " + tenant.database().server(), state.backend(id()));
    }

    /** All of it was tried, see {@code docs/security-model.md}; a tenant that cannot live with it needs another mode. */
    @Override
    public List<ResidualRisk> risks(ValidTenant tenant, Prepared state) {
        List<ResidualRisk> risks = new ArrayList<>(List.of(
                new ResidualRisk(
                        "database-catalogue",
                        "Other logins of database " + tenant.database().database()
                                + " can read names of schemas, tables and columns, function sources and size estimates;"
                                + " never rows."),
                new ResidualRisk(
                        "database-shared-channels",
                        "LISTEN/NOTIFY channels and advisory locks are shared by all logins of the database."),
                new ResidualRisk(
                        "database-own-settings",
                        "The tenant's login can raise its own statement_timeout and change its own password; the"
                                + " operator restores both.")));
        risks.addAll(server(tenant, state).risks("database"));
        return risks;
    }

    @Override
    public void text(Plan plan, PlanText text) {
        text.section(
                "PostgreSQL: DatabaseServer " + plan.who().backend() + ", database "
                        + plan.schema().database(),
                "sql",
                SqlText.of(plan.schema()));
    }
}
