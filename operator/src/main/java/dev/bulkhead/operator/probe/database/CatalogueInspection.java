package dev.bulkhead.operator.probe.database;

import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.probe.database.CatalogueQuestion.Topic;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads in the catalogue, with the tenant's own login, who could get into its compartment and where it could get: every
 * pair of tenants, not only the sampled ones. A clean topic counts as refused only if the same question saw a right that
 * the tenant does have.
 */
final class CatalogueInspection {
    private final Connection session;
    private final Subject self;
    private final String login;
    private final Set<String> administrators;
    private final Set<String> between;
    private final Set<String> tried;

    /**
     * An inspection.
     *
     * @param session of the tenant's own login, not in a transaction
     * @param login the role it logged in as
     * @param administrators who may be above all tenants
     * @param between roles by which the operator administers tenants, as long as they let nobody log in
     * @param tried databases in which a log-in is tried: what the catalogue says of CONNECT there is no news
     */
    CatalogueInspection(
            Connection session,
            Subject self,
            String login,
            Set<String> administrators,
            Set<String> between,
            Set<String> tried) {
        this.session = session;
        this.self = self;
        this.login = login;
        this.administrators = Set.copyOf(administrators);
        this.between = Set.copyOf(between);
        this.tried = Set.copyOf(tried);
    }

    List<Trial> run() throws SQLException, InterruptedException {
        List<Trial> trials = new ArrayList<>();
        for (CatalogueQuestion question : CatalogueQuestion.values()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("the round ends");
            }
            trials.addAll(ask(question));
        }
        return trials;
    }

    private List<Trial> ask(CatalogueQuestion question) throws SQLException {
        List<InspectionRow> rows;
        try {
            rows = rows(question);
        } catch (SQLException failure) {
            Attempt broken = SqlAnswer.of(failure, Set.of()).by(reader(), "the catalogue");
            return question.topics().stream()
                    .map(topic -> trial(topic, Attempt.broken("others", compartment(), "not read"), broken))
                    .toList();
        }
        Attempt check = rows.stream()
                .filter(InspectionRow::own)
                .findFirst()
                .map(row -> Attempt.succeeded(reader(), row.what(), "sees " + row.how() + " of " + row.who()))
                .orElse(Attempt.broken(reader(), compartment(), "does not see the tenant's own rights"));
        List<Trial> trials = new ArrayList<>();
        for (Topic topic : question.topics()) {
            List<Trial> found = rows.stream()
                    .filter(row -> row.topic().equals(topic.name()))
                    .map(row -> trial(topic, Attempt.succeeded(row.who(), row.what(), row.how()), check))
                    .toList();
            trials.addAll(found);
            if (found.isEmpty()) {
                trials.add(trial(topic, Attempt.refused("others", compartment(), "none found"), check));
            }
        }
        return trials;
    }

    private List<InspectionRow> rows(CatalogueQuestion question) throws SQLException {
        TenantIdentity identity = self.identity();
        String[] roles = Arrays.stream(SchemaPlan.RoleKind.values())
                .map(kind -> kind.of(identity))
                .toArray(String[]::new);
        session.setReadOnly(true);
        try (Statement role = session.createStatement();
                PreparedStatement statement = session.prepareStatement(question.sql())) {
            role.execute("SET LOCAL ROLE \"" + SchemaPlan.RoleKind.APP.of(identity) + '"');
            statement.setString(1, identity.schema());
            statement.setArray(2, session.createArrayOf("text", roles));
            statement.setString(3, login);
            statement.setArray(4, session.createArrayOf("text", new TreeSet<>(administrators).toArray()));
            statement.setArray(5, session.createArrayOf("text", new TreeSet<>(between).toArray()));
            statement.setArray(6, session.createArrayOf("text", new TreeSet<>(tried).toArray()));
            List<InspectionRow> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(new InspectionRow(
                            found.getString(1),
                            Shown.name(found.getString(2)),
                            Shown.name(found.getString(3)),
                            Shown.name(found.getString(4))));
                }
            }
            return rows;
        } finally {
            session.rollback();
            session.setReadOnly(false);
        }
    }

    private Trial trial(Topic topic, Attempt attack, Attempt check) {
        return new Trial(Control.TI_DB, topic.sentence(), topic.kind(), attack, check);
    }

    private String reader() {
        return "database login of " + self.tenant();
    }

    private String compartment() {
        return "schema " + self.identity().schema() + " of " + self.tenant();
    }

    private record InspectionRow(String topic, String who, String what, String how) {
        boolean own() {
            return topic.equals("own");
        }
    }
}
