package dev.bulkhead.operator.evidence;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What stands in {@code control-catalogue.yaml} about each control. */
public final class ControlCatalogue {
    private static final Map<Control, Entry> ENTRIES = read();

    private ControlCatalogue() {}

    /**
     * One control.
     *
     * @param requires what has to be true
     * @param measures titles of the promised measures that it keeps or helps to keep, by id such as {@code 000-10}, in
     *     order
     * @param gdpr legal basis
     * @param goals of the Standard Data Protection Model
     * @param iso27001 controls of ISO/IEC 27001:2022, Annex A
     * @param enforced how this version keeps it; null where it does not
     * @param partly what this version does nevertheless; null where that is nothing, or enough
     * @param proven what the probes of it do; null where the prober has none
     * @param blind what neither of them can see
     */
    public record Entry(
            String requires,
            Map<String, String> measures,
            String gdpr,
            List<String> goals,
            List<String> iso27001,
            @Nullable String enforced,
            @Nullable String partly,
            @Nullable String proven,
            List<String> blind) {
        /** Makes collections immutable; keeps their order. */
        public Entry {
            measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
            goals = List.copyOf(goals);
            iso27001 = List.copyOf(iso27001);
            blind = List.copyOf(blind);
        }
    }

    /** What is said about a control. */
    public static Entry of(Control control) {
        return Objects.requireNonNull(ENTRIES.get(control), control::id);
    }

    private static Map<Control, Entry> read() {
        Map<String, Entry> read;
        try (InputStream file = ControlCatalogue.class.getResourceAsStream("control-catalogue.yaml")) {
            read = new YAMLMapper()
                    .readValue(Objects.requireNonNull(file, "control-catalogue.yaml"), new TypeReference<>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<Control, Entry> entries = new EnumMap<>(Control.class);
        read.forEach((id, entry) -> entries.put(
                Control.of(id).orElseThrow(() -> new IllegalStateException("no control has the id " + id)), entry));
        String missing = Arrays.stream(Control.values())
                .filter(control -> !entries.containsKey(control))
                .map(Control::id)
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new IllegalStateException("the catalogue says nothing about " + missing);
        }
        return entries;
    }
}
