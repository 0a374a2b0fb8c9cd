package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.outcome.Reason;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What stands by itself in the spec: names for people, the contract, retention. */
final class SpecRules {
    private static final int TEXT_LONGEST = 200;
    private static final long LONGEST_KEPT_YEARS = 100;

    private SpecRules() {}

    static void check(TenantSpec spec, Findings findings) {
        if (findings.given("spec.displayName", spec.displayName())) {
            text("spec.displayName", spec.displayName(), findings);
        }
        if (spec.contract() != null) {
            contract(spec.contract(), findings);
        }
        findings.distinct(
                "spec.dataCategories",
                spec.dataCategories().stream().map(Enum::name).toList());
        retention(spec.retention(), findings);
    }

    private static void text(String subject, String text, Findings findings) {
        if (text.length() > TEXT_LONGEST || !Text.plain(text)) {
            findings.add(
                    Reason.InvalidSpec,
                    subject,
                    Quoted.of(text) + " must be plain text of at most " + TEXT_LONGEST
                            + " characters, without control, invisible or line-break characters");
        }
    }

    private static void contract(TenantSpec.Contract contract, Findings findings) {
        if (findings.given("spec.contract.reference", contract.reference())) {
            text("spec.contract.reference", contract.reference(), findings);
        }
        LocalDate first = day("spec.contract.startsAt", contract.startsAt(), findings);
        LocalDate last = day("spec.contract.endsAt", contract.endsAt(), findings);
        if (first != null && last != null && !last.isAfter(first)) {
            findings.add(Reason.InvalidSpec, "spec.contract.endsAt", last + " must be after startsAt, " + first);
        }
    }

    private static @Nullable LocalDate day(String subject, @Nullable String text, Findings findings) {
        LocalDate day = text == null ? null : Text.day(text);
        if (text != null && day == null) {
            findings.add(Reason.InvalidSpec, subject, Quoted.of(text) + " is no day; write it like 2026-12-31");
        }
        return day;
    }

    private static void retention(List<TenantSpec.Retention> retention, Findings findings) {
        findings.distinct(
                "spec.retention",
                retention.stream().map(r -> String.valueOf(r.dataClass())).toList());
        for (TenantSpec.Retention kept : retention) {
            if (!Text.label(kept.dataClass(), 63)) {
                findings.add(
                        Reason.InvalidName,
                        "spec.retention[" + Quoted.of(kept.dataClass()) + "].dataClass",
                        "must be 1 to 63 lower-case letters, digits and '-'");
            }
            Periods.Length length = Periods.parse(kept.keep());
            String subject = "spec.retention[" + kept.dataClass() + "].keep";
            if (length == null) {
                findings.add(
                        Reason.InvalidSpec,
                        subject,
                        Quoted.of(kept.keep())
                                + " must be an ISO 8601 duration such as P90D or P24M, and longer than zero");
            } else if (length.months() / 12 + length.exact().toDays() / 365 > LONGEST_KEPT_YEARS) {
                findings.add(
                        Reason.InvalidSpec,
                        subject,
                        Quoted.of(kept.keep()) + " is more than " + LONGEST_KEPT_YEARS
                                + " years; leave out a class that is kept without limit");
            }
        }
    }
}
