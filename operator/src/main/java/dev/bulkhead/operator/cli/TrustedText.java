package dev.bulkhead.operator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.bulkhead.operator.access.Grant;
import dev.bulkhead.operator.access.Principal;
import dev.bulkhead.operator.access.Principal.PrincipalKind;
import dev.bulkhead.operator.probe.PlatformAccounts.Trust;
import dev.bulkhead.operator.probe.PlatformInventory;
import dev.bulkhead.operator.probe.PlatformInventory.Acceptance;
import dev.bulkhead.operator.probe.PlatformInventory.Reach;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who of the platform reaches into all tenants, as it is printed. */
final class TrustedText {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Every text is quoted: Helm's YAML has dates of its own, and names that are no texts. */
    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER));

    private final PlatformInventory inventory;

    TrustedText(PlatformInventory inventory) {
        this.inventory = inventory;
    }

    /** 0 when somebody answers for everybody, 1 when not. */
    int exitCode() {
        return inventory.all().stream().allMatch(reach -> reach.acceptance() == Acceptance.Accepted) ? 0 : 1;
    }

    String table() {
        if (inventory.all().isEmpty()) {
            return "no account of the platform reaches into every tenant\n";
        }
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"WHO", "STANDING", "SINCE", "BINDING", "MAY"});
        for (Reach reach : inventory.all()) {
            for (Grant grant : reach.grants()) {
                rows.add(new String[] {
                    reach.who().toString(),
                    standing(reach),
                    grant.since() == null ? "-" : grant.since().toString(),
                    grant.binding().substring(grant.binding().indexOf(' ') + 1),
                    grant.rights().toString()
                });
            }
        }
        return TextTable.aligned(rows);
    }

    private static String standing(Reach reach) {
        Trust trust = reach.trust();
        return switch (reach.acceptance()) {
            case Accepted -> "accepted" + (trust == null ? "" : " until " + trust.until());
            case NotYet -> "not yet accepted" + ended(trust);
            case Later -> "came later" + ended(trust);
        };
    }

    private static String ended(@Nullable Trust trust) {
        return trust == null ? "" : ", accepted until " + trust.until();
    }

    String json() {
        ArrayNode all = JSON.createArrayNode();
        for (Reach reach : inventory.all()) {
            ObjectNode node = all.addObject();
            whom(node, reach.who());
            node.put("standing", reach.acceptance().name());
            Trust trust = reach.trust();
            if (trust != null) {
                node.put("reason", trust.reason())
                        .put("owner", trust.owner())
                        .put("until", trust.until().toString());
            }
            ArrayNode grants = node.putArray("grants");
            reach.grants().forEach(grant -> {
                Instant since = grant.since();
                grants.addObject()
                        .put("binding", grant.binding())
                        .put("role", grant.role())
                        .put("may", grant.rights().toString())
                        .put("since", since == null ? null : since.toString());
            });
        }
        return written(JSON, all);
    }

    /**
     * Values for the chart. The list takes the place of the release's own, so what was accepted is in it again.
     *
     * @param named accounts that are accepted although they came later, with or without their kind, see {@link #fitting}
     */
    String values(List<Trust> accepted, Collection<String> named, Acceptable as) {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode trusted = root.putObject("prober").putArray("trusted");
        for (Trust trust : accepted) {
            trust(
                    trusted.addObject(),
                    trust.whom(),
                    new Acceptable(trust.reason(), trust.owner(), trust.until().toString()));
        }
        for (Reach reach : accepting(named)) {
            trust(trusted.addObject(), reach.who(), as);
        }
        return written(YAML, root);
    }

    /** Those that the values accept anew. */
    List<Reach> accepting(Collection<String> named) {
        return inventory.all().stream()
                .filter(reach -> named.isEmpty()
                        ? reach.acceptance() == Acceptance.NotYet
                        : named.stream().anyMatch(name -> fitting(name).contains(reach.who())))
                .filter(reach -> reach.acceptance() != Acceptance.Accepted
                        && !reach.who().systemGroup())
                .toList();
    }

    /** Groups that the settings take from nobody: whoever Kubernetes counts to them would be accepted. */
    List<String> impossible() {
        return inventory.all().stream()
                .map(Reach::who)
                .filter(Principal::systemGroup)
                .map(TrustedText::name)
                .toList();
    }

    /** Those who came later and are not named, each as it can be. */
    List<String> passedOver(Collection<String> named) {
        return inventory.of(Acceptance.Later).stream()
                .map(Reach::who)
                .filter(who -> named.stream().noneMatch(name -> fitting(name).contains(who)))
                .map(who -> choices(name(who)).isEmpty() ? name(who) : withKind(who))
                .toList();
    }

    /** Which of the names nobody has who reaches in. */
    List<String> unknown(Collection<String> named) {
        return named.stream().filter(name -> fitting(name).isEmpty()).toList();
    }

    /** What may be meant by a name that several have, each with its kind; empty where it says whom it means. */
    List<String> choices(String name) {
        List<Principal> fitting = fitting(name);
        return fitting.size() < 2
                ? List.of()
                : fitting.stream().map(TrustedText::withKind).toList();
    }

    /** Whom a name means: who is called so with its kind, such as {@code User/eve}, or else everybody of that name. */
    private List<Principal> fitting(String name) {
        List<Principal> all = inventory.all().stream().map(Reach::who).toList();
        List<Principal> exact =
                all.stream().filter(who -> withKind(who).equals(name)).toList();
        return exact.isEmpty()
                ? all.stream().filter(who -> name(who).equals(name)).toList()
                : exact;
    }

    private static String withKind(Principal who) {
        return who.kind() + "/" + name(who);
    }

    /** What is said of those that are accepted. */
    record Acceptable(String reason, String owner, String until) {}

    private static String name(Principal who) {
        return who.kind() == PrincipalKind.ServiceAccount ? who.namespace() + "/" + who.name() : who.name();
    }

    private static void trust(ObjectNode node, Principal who, Acceptable as) {
        whom(node, who);
        node.put("reason", as.reason()).put("owner", as.owner()).put("until", as.until());
    }

    private static void whom(ObjectNode node, Principal who) {
        node.put("kind", who.kind().name());
        if (who.kind() == PrincipalKind.ServiceAccount) {
            node.put("namespace", who.namespace());
        }
        node.put("name", who.name());
    }

    private static String written(ObjectMapper as, Object tree) {
        try {
            String text = as.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
            return text.endsWith("\n") ? text : text + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts can always be written", e);
        }
    }
}
