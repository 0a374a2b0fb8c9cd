package dev.bulkhead.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.operator.backend.BackendView;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlCatalogue;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Applied;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/controls.md} says of every control what it promises, how it is kept and proven, and what that cannot see,
 * and it says what this version does not do. After a change run {@code mvn -pl operator -am test
 * -Dbulkhead.regenerate=true} and commit the result.
 */
class ControlsReferenceTest {
    private static final Path REFERENCE = Path.of("../docs/controls.md");

    @Test
    void the_reference_lists_every_control() throws IOException {
        String text = reference();
        if (Boolean.getBoolean("bulkhead.regenerate")) {
            Files.writeString(REFERENCE, text);
        }
        assertThat(REFERENCE).exists();
        assertThat(Files.readString(REFERENCE))
                .as("%s is stale: run mvn -pl operator -am test -Dbulkhead.regenerate=true", REFERENCE)
                .isEqualTo(text);
    }

    @Test
    void the_catalogue_claims_to_keep_exactly_what_a_verdict_can_call_enforced() {
        assertThat(Arrays.stream(Control.values())
                        .filter(c -> ControlCatalogue.of(c).enforced() == null))
                .containsExactlyInAnyOrderElementsOf(notImplemented());
    }

    @Test
    void every_control_names_its_measures_and_its_limits() {
        assertThat(Control.values()).allSatisfy(control -> {
            ControlCatalogue.Entry entry = ControlCatalogue.of(control);
            assertThat(entry.requires()).endsWith(".").hasSizeGreaterThan(30);
            assertThat(entry.measures().keySet()).isNotEmpty().allMatch(id -> id.matches("00[023]-[0-9]{2}"));
            assertThat(entry.blind()).isNotEmpty();
            assertThat(entry.gdpr()).startsWith("Art. ");
            assertThat(entry.iso27001()).allMatch(id -> id.matches("[58]\\.[0-9]{1,2}"));
        });
    }

    private static Set<Control> notImplemented() {
        return new Verdicts(
                        EvidenceOf.tenant(
                                Tenants.full(),
                                List.of(),
                                new Applied(Map.of()),
                                new TenantStatus.DatabaseStatus("main", "shard-a", "t_x", null),
                                new TenantStatus.ObjectStoreStatus("s3", "bh-x", null),
                                List.of(),
                                BackendView.UNKNOWN,
                                BackendView.UNKNOWN),
                        Instant.EPOCH)
                .all().stream()
                        .filter(c -> c.reason().equals(Reason.NotImplemented.name()))
                        .map(ControlStatus::id)
                        .map(id -> Control.of(id).orElseThrow())
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Control.class)));
    }

    private static String reference() {
        Set<Control> undone = notImplemented();
        StringBuilder text = new StringBuilder("""
                # Controls

                What Bulkhead promises of every tenant, control by control: how it is kept, how that is proven, and what
                neither can see. Generated from the code. Three things are never merged: what is **enforced**, what a probe
                **proved** and until when, and what somebody **attested**.

                A control that this version does nothing, or not enough, for is `NotEnforceable`, and one that no probe tries is `Never`
                proven; both say so in `status.controls` of each Tenant. A proof counts for `prober.validity` (3 hours) from the
                round that made it, and every round (`prober.interval`, 10 minutes) makes it anew; past it, it is `Stale`,
                whatever a column shows. A refusal counts only when the same attempt worked, in the same round, from where it is
                allowed. A tenant counts as isolated (`Verified`) only while each control marked **isolates** is proven.

                | control | promises | enforced | probe |
                |---|---|---|---|
                """);
        for (Control control : Control.values()) {
            text.append("| [%s](#%s)%s | %s | %s | %s |\n"
                    .formatted(
                            control.id(),
                            control.id().toLowerCase(Locale.ROOT),
                            control.isolates() ? " **isolates**" : "",
                            control.promise(),
                            undone.contains(control) ? "`NotEnforceable`" : "yes",
                            control.provable() ? "yes" : "none"));
        }
        for (Control control : Control.values()) {
            section(text, control, undone.contains(control));
        }
        return text.append("""

                Measures are numbered as in the documents of technical and organisational measures of the three products: 000 is
                `digitaltwin`, 002 `portal`, 003 `voice-agent`. A control keeps or helps to keep them; what else they need is
                what the control cannot see. ISO is Annex A of ISO/IEC 27001:2022; goals are those of the Standard Data
                Protection Model.
                """).toString();
    }

    private static String undone(ControlCatalogue.Entry entry) {
        String said = "`NotEnforceable` in this version: keep it by other means.";
        return entry.partly() == null ? said : said + " What there is: " + entry.partly();
    }

    private static void section(StringBuilder text, Control control, boolean undone) {
        ControlCatalogue.Entry entry = ControlCatalogue.of(control);
        text.append("\n## ").append(control.id()).append('\n');
        text.append(entry.requires()).append("\n\n");
        text.append("- **Kept by**: ")
                .append(undone ? undone(entry) : entry.enforced())
                .append('\n');
        text.append("- **Proven by**: ")
                .append(control.provable() ? entry.proven() : "no probe in this version: `Never`.")
                .append('\n');
        text.append("- **Cannot see**: ")
                .append(String.join("; ", entry.blind()))
                .append(".\n");
        if (control.attestable()) {
            text.append(
                    "- **Attested**: somebody has to declare part of it; this version takes no attestations yet.\n");
        }
        text.append("- **Measures**: ")
                .append(entry.measures().entrySet().stream()
                        .map(m -> m.getKey() + " " + m.getValue())
                        .collect(Collectors.joining("; ")))
                .append(".\n");
        text.append("- **Basis**: GDPR %s; ISO %s; goals: %s.\n"
                .formatted(entry.gdpr(), String.join(", ", entry.iso27001()), String.join(", ", entry.goals())));
    }
}
