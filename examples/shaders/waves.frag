// For examples/shadertoy.ts. Light on moving water: three waves, each of which bends the next.
float wave(vec2 at, float angle, float time) {
  return sin(dot(at, vec2(cos(angle), sin(angle))) * 9.0 + time);
}

void mainImage(out vec4 colour, in vec2 position) {
  vec2 at = (position - 0.5 * iResolution.xy) / iResolution.y;
  float height = 0.0;
  for (int i = 0; i < 3; i++) {
    float bent = wave(at, float(i) * 2.1, iTime * (1.0 + 0.3 * float(i)));
    at += 0.08 * bent;
    height += bent / 3.0;
  }
  vec3 deep = vec3(0.02, 0.10, 0.25);
  vec3 light = vec3(0.45, 0.85, 0.95);
  colour = vec4(mix(deep, light, 0.5 + 0.5 * height) + 0.6 * pow(max(height, 0.0), 8.0), 1.0);
}
