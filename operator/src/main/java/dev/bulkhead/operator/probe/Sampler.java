package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Subject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Chooses whom each tenant attacks in a round: O(N) pairs of the N x N there are. The tenants are put in a random order
 * round a circle, and each attacks the next few, so each is attacked as often as it attacks; another round has another
 * order, and in time every pair comes by.
 */
final class Sampler {
    /** Tenants that each tenant attacks in a round. */
    static final int OTHERS = 8;

    private Sampler() {}

    /** Whom each of the tenants attacks: {@value #OTHERS} others, or all where there are fewer. */
    static Map<Subject, List<Subject>> pairs(List<Subject> all, Random random) {
        List<Subject> circle = new ArrayList<>(all);
        Collections.shuffle(circle, random);
        int size = circle.size();
        Map<Subject, List<Subject>> pairs = new HashMap<>();
        for (int i = 0; i < size; i++) {
            List<Subject> others = new ArrayList<>();
            for (int step = 1; step <= Math.min(OTHERS, size - 1); step++) {
                others.add(circle.get((i + step) % size));
            }
            pairs.put(circle.get(i), List.copyOf(others));
        }
        return pairs;
    }
}
