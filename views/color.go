package views

import (
	"math"
	"strconv"
)

// labelHue is the nearest of the ten hues to a colour #rrggbb, or "" for a grey: hue n stands 36n degrees round the
// circle of OKLCH. The CSP allows no style attribute, so a colour of a label is one of ten.
func labelHue(color string) string {
	a, b, ok := oklab(color)
	if !ok || math.Hypot(a, b) < 0.03 {
		return ""
	}
	degrees := math.Atan2(b, a) * 180 / math.Pi
	return strconv.Itoa((int(math.Round(degrees/36)) + 10) % 10)
}

// oklab gives the two colour axes of Ottosson's OKLab.
func oklab(color string) (a, b float64, ok bool) {
	if len(color) != 7 || color[0] != '#' {
		return 0, 0, false
	}
	rgb, err := strconv.ParseUint(color[1:], 16, 32)
	if err != nil {
		return 0, 0, false
	}
	red, green, blue := linear(rgb>>16&0xff), linear(rgb>>8&0xff), linear(rgb&0xff)
	l := math.Cbrt(0.4122214708*red + 0.5363325363*green + 0.0514459929*blue)
	m := math.Cbrt(0.2119034982*red + 0.6806995451*green + 0.1073969566*blue)
	s := math.Cbrt(0.0883024619*red + 0.2817188376*green + 0.6299787005*blue)
	return 1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s, true
}

// linear undoes the gamma of sRGB.
func linear(channel uint64) float64 {
	c := float64(channel) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
