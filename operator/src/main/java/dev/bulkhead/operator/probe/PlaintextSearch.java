package dev.bulkhead.operator.probe;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Looks for a text in others: as it is, in hex, and in base64 wherever it begins in what was encoded. */
final class PlaintextSearch {
    private final List<String> forms;

    PlaintextSearch(String plaintext) {
        byte[] bytes = plaintext.getBytes(StandardCharsets.UTF_8);
        List<String> all = new ArrayList<>();
        all.add(plaintext);
        all.add(HexFormat.of().formatHex(bytes));
        for (int before = 0; before < 3; before++) {
            byte[] shifted = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, shifted, before, bytes.length);
            String text = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            // Six bits a character: those that share bits with what may stand around it say nothing.
            all.add(text.substring((before * 8 + 5) / 6, shifted.length * 8 / 6));
            all.add(text.substring((before * 8 + 5) / 6, shifted.length * 8 / 6)
                    .replace('+', '-')
                    .replace('/', '_'));
        }
        this.forms = all.stream().distinct().toList();
    }

    boolean found(String text) {
        return forms.stream().anyMatch(text::contains);
    }
}
