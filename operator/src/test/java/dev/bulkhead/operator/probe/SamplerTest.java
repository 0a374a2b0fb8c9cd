package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Homes;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 8, 9, 10, 200})
    void everybody_attacks_and_is_attacked_as_often(int count) {
        List<Subject> all = subjects(count);

        Map<Subject, List<Subject>> pairs = Sampler.pairs(all, new Random(7));

        int each = Math.min(Sampler.OTHERS, Math.max(0, count - 1));
        assertThat(pairs.keySet()).containsExactlyInAnyOrderElementsOf(all);
        for (Subject one : all) {
            assertThat(pairs.get(one)).hasSize(each).doesNotContain(one).doesNotHaveDuplicates();
            assertThat(pairs.values().stream().filter(others -> others.contains(one)))
                    .hasSize(each);
        }
    }

    @Test
    void in_time_every_pair_comes_by() {
        List<Subject> all = subjects(30);
        Random random = new Random(7);
        Set<List<Subject>> seen = new HashSet<>();
        for (int round = 0; round < 60; round++) {
            Sampler.pairs(all, random).forEach((one, others) -> others.forEach(other -> seen.add(List.of(one, other))));
        }
        assertThat(seen).hasSize(30 * 29);
    }

    private static List<Subject> subjects(int count) {
        Random random = new Random(11);
        List<Subject> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String identity = new UUID(random.nextLong(), random.nextLong()).toString();
            all.add(new Subject(
                    "tenant-" + i, new TenantIdentity(identity), Tenants.plain().spec(), new Homes(Map.of())));
        }
        return all;
    }
}
