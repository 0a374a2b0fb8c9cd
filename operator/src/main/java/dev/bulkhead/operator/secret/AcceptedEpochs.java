package dev.bulkhead.operator.secret;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.api.v1beta1.TenantSecretStatus.Accepted;
import dev.bulkhead.operator.Pure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * When the newest accepted value of each sealed key was sealed, in ms since 1970: an older one stays refused, also when the key
 * or the whole TenantSecret was absent in between. Whatever a tenant makes many of is bounded: of more than {@value #MOST} the
 * oldest are folded into one time for all that are not known, neither here nor to the TenantSecret itself.
 *
 * @param known by {@link #id}
 * @param floor what a key that is not known has to be as new as; 0 where nothing was folded
 */
@Pure
public record AcceptedEpochs(Map<String, Long> known, long floor) {
    /** Nothing was accepted yet. */
    public static final AcceptedEpochs NONE = new AcceptedEpochs(Map.of(), 0);

    static final int MOST = 1_000;
    private static final String EPOCHS = "epochs";
    private static final String FLOOR = "epochFloor";
    private static final int ID_BYTES = 8;

    /** Makes the map immutable. */
    public AcceptedEpochs {
        known = Map.copyOf(known);
    }

    /**
     * What a value of this key must not be older than.
     *
     * @param said what the status of the TenantSecret says of it, which is there while the key is: what was folded meanwhile is
     *     no older for that; null where it says nothing
     */
    long of(String namespace, String name, String key, @Nullable Long said) {
        Long noted = known.get(id(namespace, name, key));
        if (noted == null) {
            return said == null ? floor : said;
        }
        return said == null ? noted : Math.max(noted, said);
    }

    /** The same with the values of one TenantSecret accepted; their times count, also where they are older. */
    AcceptedEpochs with(String namespace, String name, List<Accepted> accepted) {
        Map<String, Long> more = new TreeMap<>(known);
        accepted.forEach(value -> more.put(id(namespace, name, value.name()), value.epoch()));
        long[] folded = {floor};
        more.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .limit(Math.max(0, more.size() - MOST))
                .toList()
                .forEach(oldest -> {
                    folded[0] = Math.max(folded[0], oldest.getValue());
                    more.remove(oldest.getKey());
                });
        return new AcceptedEpochs(more, folded[0]);
    }

    /** Reads it out of a record; empty when it cannot be read. */
    static Optional<AcceptedEpochs> read(JsonNode state) {
        Map<String, Long> known = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : state.path(EPOCHS).properties()) {
            if (!entry.getValue().isIntegralNumber()) {
                return Optional.empty();
            }
            known.put(entry.getKey(), entry.getValue().longValue());
        }
        return Optional.of(new AcceptedEpochs(known, state.path(FLOOR).asLong(0)));
    }

    /** Puts it into a record. */
    void write(ObjectNode state) {
        state.remove(List.of(EPOCHS, FLOOR));
        if (!known.isEmpty()) {
            ObjectNode epochs = state.putObject(EPOCHS);
            new TreeMap<>(known).forEach(epochs::put);
        }
        if (floor > 0) {
            state.put(FLOOR, floor);
        }
    }

    /** Eight bytes of SHA-256 over the three names, in hex: names of keys have no business in the record. */
    private static String id(String namespace, String name, String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((namespace + "/" + name + "/" + key).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
